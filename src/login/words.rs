//! The words of the pages in English, Brazilian Portuguese and Spanish: a title and
//! a text each.
//!
//! Not for the layout, and without markup. `{login}` and `{store}` are replaced
//! with the user and the account.

type Words = ([&'static str; 3], [&'static str; 3]);

pub const DONE: Words = (
    ["You are logged in", "Login concluído", "Sesión iniciada"],
    [
        "{login} at {store}. You can close this tab and go back to the terminal.",
        "{login} em {store}. Você já pode fechar esta aba e voltar ao terminal.",
        "{login} en {store}. Ya puede cerrar esta pestaña y volver a la terminal.",
    ],
);

pub const EXPIRED: Words = (
    [
        "The token has already expired",
        "O token já expirou",
        "El token ya venció",
    ],
    [
        "{login} at {store} signed in, but by this machine's clock the token has already expired. Go back to the terminal: it says what to check.",
        "{login} fez login em {store}, mas pelo relógio desta máquina o token já expirou. Volte ao terminal: ele diz o que verificar.",
        "{login} inició sesión en {store}, pero según el reloj de esta máquina el token ya venció. Vuelva a la terminal: indica qué revisar.",
    ],
);

pub const WAITING: Words = (
    ["Waiting", "Aguardando", "Esperando"],
    [
        "Several logins arrived. This one will be checked soon. Keep this page open: it reloads automatically.",
        "Chegaram vários logins. Este será verificado em breve. Mantenha esta página aberta: ela se atualiza sozinha.",
        "Llegaron varios inicios de sesión. Este se verificará pronto. Mantenga esta página abierta: se actualiza sola.",
    ],
);

pub const TRYING: Words = (
    ["Finishing…", "Finalizando…", "Finalizando…"],
    [
        "VTEX ID has not answered yet. Keep this page open: it reloads automatically.",
        "O VTEX ID ainda não respondeu. Mantenha esta página aberta: ela se atualiza sozinha.",
        "VTEX ID aún no ha respondido. Mantenga esta página abierta: se actualiza sola.",
    ],
);

pub const REFUSED: Words = (
    [
        "VTEX ID rejected this login",
        "O VTEX ID recusou este login",
        "VTEX ID rechazó este inicio de sesión",
    ],
    [
        "The terminal is still waiting: open the address it printed and sign in again.",
        "O terminal continua aguardando: abra o endereço que ele mostrou e faça login novamente.",
        "La terminal sigue esperando: abra la dirección que mostró e inicie sesión de nuevo.",
    ],
);

pub const NOT_YET: Words = (
    [
        "It did not work yet",
        "Ainda não funcionou",
        "Aún no funcionó",
    ],
    [
        "VTEX ID did not confirm this login. The terminal says why and is still waiting. Open the address it printed and sign in again.",
        "O VTEX ID não confirmou este login. O terminal mostra o motivo e continua aguardando. Abra o endereço que ele mostrou e faça login novamente.",
        "VTEX ID no confirmó este inicio de sesión, y la terminal indica el motivo. Sigue esperando: abra la dirección que mostró e inicie sesión de nuevo.",
    ],
);

pub const FINISHED: Words = (
    [
        "This login is finished",
        "Este login já terminou",
        "Este inicio de sesión ya terminó",
    ],
    [
        "You can close this tab. The terminal says who is logged in.",
        "Você já pode fechar esta aba. O terminal mostra quem está conectado.",
        "Ya puede cerrar esta pestaña. La terminal indica quién inició sesión.",
    ],
);

pub const FAILED: Words = (
    [
        "The login did not succeed",
        "Não foi possível fazer login",
        "No se pudo iniciar sesión",
    ],
    [
        "The terminal says why.",
        "O terminal mostra o motivo.",
        "La terminal indica el motivo.",
    ],
);

pub const NO_TOKEN: Words = (
    [
        "The login code is missing",
        "Não foi possível fazer login",
        "No se pudo iniciar sesión",
    ],
    [
        "This address does not contain the data that VTEX ID sends after sign-in. The terminal is still waiting: open the address it printed.",
        "Este endereço não contém os dados que o VTEX ID envia ao concluir o login. O terminal continua aguardando: abra o endereço que ele mostrou.",
        "Esta dirección no incluye los datos que VTEX ID envía al iniciar sesión. La terminal sigue esperando: abra la dirección que mostró.",
    ],
);

pub const ERROR: Words = (
    [
        "VTEX ID reported an error",
        "O VTEX ID informou um erro",
        "VTEX ID informó un error",
    ],
    [
        "The terminal shows the error and is still waiting. Open the address it printed and sign in again.",
        "O terminal mostra o erro e continua aguardando. Abra o endereço que ele mostrou e faça login novamente.",
        "La terminal muestra el error y sigue esperando. Abra la dirección que mostró e inicie sesión de nuevo.",
    ],
);
