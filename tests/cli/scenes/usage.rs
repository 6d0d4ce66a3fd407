//! Scenes: wrong usage, settings, requests that are shown, and colours.

use super::*;

scenes! {
    usage
    verbose
    unreachable
    usage_of_commands
    usage_of_flags
    usage_of_variables
    completions
    renewal_in_words
    colours
}

fn usage(scene: &mut Scene) {
    scene.know_token("[TOKEN]", &admin("mystore", LEFT));
    scene.run("vtexid login mystore --nobrowser");
    scene.run("vtexid logn mystore");
    scene.run("vtexid login [TOKEN]");
    scene.run("vtexid inspect --token=[TOKEN]");
    scene.run("vtexid login mystore --timeout 5");
    scene.run("vtexid login mystore --store cloud");
    scene.run("vtexid logout mystore --all");
    scene.run("vtexid local token --format yaml");
    scene.run("VTEX_ACCOUNT=my/store vtexid local token");
}

fn verbose(scene: &mut Scene) {
    scene.know_secret("[APP-TOKEN]", &app_token());
    let line = "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN] \
                vtexid apptoken -v --json";
    let done = scene.start(line).finish();
    let answer: Value = serde_json::from_str(&stdout(&done)).unwrap();
    scene.know_token("[TOKEN]", answer["token"].as_str().unwrap());
    scene.record(line, &done);
}

fn unreachable(scene: &mut Scene) {
    scene.env.login("otherstore");
    scene.env.login("mystore");
    scene.expire();
    scene.env.fail("/=drop");
    scene.run("vtexid local token");
    scene.run("DISPLAY=:0 vtexid login mystore --no-browser");
    scene.run("vtexid logout otherstore");
    scene.run("vtexid logout mystore");
    // VTEX itself, behind a proxy that is not there.
    scene.know_secret("[APP-TOKEN]", &app_token());
    scene.run(
        "env -u VTEXID_URL HTTPS_PROXY=http://127.0.0.1:1 VTEX_APP_KEY=vtexappkey-mystore-SANDBX \
         VTEX_APP_TOKEN=[APP-TOKEN] vtexid apptoken",
    );
}

fn usage_of_commands(scene: &mut Scene) {
    scene.run("vtexid --version");
    for command in [
        "logout-all",
        "stauts",
        "whoami",
        "token",
        "local tokn",
        "local",
        "api-call /api/x",
        "help logn",
        "completion bash",
        "completions",
        "completions tcsh",
    ] {
        scene.run(&format!("vtexid {command}"));
    }
}

fn usage_of_flags(scene: &mut Scene) {
    for arguments in [
        "login mystore --acount x",
        "status --jsno",
        "status extra",
        "local token --min-validty 5m",
        "login mystore --timeout",
        "login mystore --timeout 99d",
        "login mystore --color sometimes",
        "inspect --check 5m --claim",
        "switch mystore -x",
        "-a",
        "logout -a my/store",
        "status -qv",
    ] {
        scene.run(&format!("vtexid {arguments}"));
    }
}

fn usage_of_variables(scene: &mut Scene) {
    for (variable, command) in [
        ("VTEXID_URL=hello", "status"),
        ("VTEXID_URL=http://www.example", "status"),
        ("VTEXID_URL=https://user:secret@127.0.0.1", "status"),
        ("VTEXID_DIR=", "status"),
        ("VTEX_ACCOUNT=My_Store", "status"),
        ("VTEX_ACCOUNT=https://mystore.myvtex.com", "status"),
    ] {
        scene.run(&format!("{variable} vtexid {command}"));
    }
}

fn completions(scene: &mut Scene) {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        scene.run(&format!("vtexid completions {shell}"));
    }
}

fn renewal_in_words(scene: &mut Scene) {
    scene.env.login("mystore");
    scene.expire();
    scene.run_renewing("vtexid local token -v");
    scene.expire();
    scene.env.fail(&format!("{REFRESH}=busy:120"));
    scene.run("vtexid local token -v");
    let line = "DISPLAY=:0 vtexid login mystore --no-browser --timeout 1s -q";
    let running = scene.start(line);
    scene.know_page(&running);
    let done = running.finish();
    scene.record(line, &done);
}

fn colours(scene: &mut Scene) {
    scene.run("vtexid status --color always");
    scene.env.login("mystore");
    scene.run("vtexid status --color always");
    scene.know_minted_token("[TOKEN]", LEFT);
    scene.run("vtexid inspect --color always <[TOKEN]");
}
