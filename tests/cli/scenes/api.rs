//! Scenes: `api`.

use super::*;

scenes! {
    api
    api_refused
    api_without_a_login
    api_errors
    api_errors_with_words
    api_that_stays_busy
    api_with_a_token_that_vtex_rejects
    api_as_an_app_key
    api_print_curl
    api_include
}

fn api(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.run("vtexid api /api/catalog_system/pvt/brand/list");
    scene.run("vtexid api /api/license-manager/site/pvt/logins/list/paged --paginate");
    scene.run("vtexid api /api/oms/pvt/orders?per_page=1 --paginate -o orders");
    scene.run("vtexid api -X PUT /pricing/prices/1 -d @price.json --print-curl");
    scene.run("vtexid api /api/nothing");
    scene.run("vtexid api /api/nothing --fail-body");
    scene.run("vtexid api /api/oms/pvt/orders --as none");
    scene.run("vtexid api /api/sent-offers/feeds");
    scene.env.fail("/api/oms=busy:120");
    scene.run("vtexid api /api/oms/pvt/orders");
    scene.run("vtexid -a other api /api/oms/pvt/orders");
}

fn api_refused(scene: &mut Scene) {
    scene.env.login("mystore");
    for arguments in [
        "/unknown",
        "//www.example/api/x",
        "https://www.example/api/x",
        "https://other.myvtex.com/_v/x",
        "http://mystore.myvtex.com/_v/x",
        "/api/x?an=other",
        "/other/pricing/prices/1",
        "/api/../x",
        "/api/x#y",
        "C:/Git/api/x",
        "/api/x --host www.example",
        "/api/x --workspace dev",
        "/_v/x --workspace a--b",
        "/api/x -H Accept",
        "/api/x -H Host:www.example",
        "/api/x -H X-VTEX-API-AppToken:x",
        "/api/x -d @",
        "/api/x -d @missing",
        "/api/x -o missing/file",
        "/api/x -X CONNECT",
        "/api/x --as nobody",
        "/api/x --paginate -X POST",
        "/api/x --get -d x",
        "/api/x --json",
    ] {
        scene.run(&format!("vtexid api {arguments}"));
    }
}

fn api_without_a_login(scene: &mut Scene) {
    scene.run("vtexid api /api/catalog_system/pvt/brand/list");
    scene.run("vtexid api /api/catalog_system/pvt/brand/list --as none -a mystore");
    scene.run("vtexid api");
    scene.run("CI=true vtexid api /api/catalog_system/pvt/brand/list");
}

fn api_errors(scene: &mut Scene) {
    scene.env.login("mystore");
    for how in [
        "400", "401", "403", "404", "409", "302", "500", "busy:120", "drop",
    ] {
        scene.env.sandbox.clear_failures();
        scene.env.fail(&format!("/mystore/pricing={how}"));
        scene.run("vtexid api -X PUT /pricing/prices/1 -d {}");
    }
}

fn api_errors_with_words(scene: &mut Scene) {
    scene.env.login("mystore");
    for (status, body) in [
        (
            400,
            r#"{"error":{"code":"OMS003","message":"Invalid filter"}}"#,
        ),
        (403, "<html><body>Forbidden</body></html>"),
        (500, r#"{"Message":"An error has occurred."}"#),
    ] {
        scene.env.sandbox.clear_failures();
        scene.env.sandbox.fail(Failure {
            path: "/mystore/pricing".to_owned(),
            how: How::Body(status, body.to_owned()),
            times: u32::MAX,
        });
        scene.run("vtexid api -X PUT /pricing/prices/1 -d {}");
    }
}

fn api_that_stays_busy(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.env.fail("/api/catalog_system=503");
    scene.run("vtexid api /api/catalog_system/pvt/brand/list");
    scene.run("vtexid api /api/catalog_system/pvt/brand/list -q");
}

fn api_with_a_token_that_vtex_rejects(scene: &mut Scene) {
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.run("VTEX_TOKEN=[TOKEN] vtexid api /api/catalog_system/pvt/brand/list");
    scene.know_token("[EXPIRED-TOKEN]", &admin("mystore", -DAY));
    scene.run("VTEX_TOKEN=[EXPIRED-TOKEN] vtexid api /api/catalog_system/pvt/brand/list");
}

fn api_as_an_app_key(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    let pair = "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN]";
    scene.run(&format!(
        "{pair} vtexid api /api/catalog_system/pvt/brand/list"
    ));
    scene.run(&format!("{pair} vtexid api /api/sent-offers/feeds"));
    scene.run("VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=wrong vtexid api /api/catalog_system/pvt/brand/list");
    scene.env.login("mystore");
    scene.run("vtexid api /api/catalog_system/pvt/brand/list --as key");
}

fn api_print_curl(scene: &mut Scene) {
    scene.env.login("mystore");
    for arguments in [
        "/api/catalog_system/pvt/brand/list",
        "/_v/graphql -d {} --workspace dev",
        "/api/x -X DELETE -H Accept:text/csv",
        "/api/x --as key",
        "/api/x --as none",
        "/api/x -d it's",
    ] {
        scene.run(&format!("vtexid api {arguments} --print-curl"));
    }
}

fn api_include(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.run("vtexid api /api/nothing -i");
    scene.run("vtexid api /api/catalog_system/pvt/brand/list -v");
    scene.run("vtexid api /api/catalog_system/pvt/brand/list --paginate -o brands.jsonl");
}
