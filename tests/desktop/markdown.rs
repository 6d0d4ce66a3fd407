//! The code blocks of README.md and docs/, the files of examples/ci/, and the command lines in them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The pages whose commands are run, in the order in which a person goes through them.
const PAGES: [&str; 8] = [
    include_str!("../../README.md"),
    include_str!("../../docs/install.md"),
    include_str!("../../docs/login.md"),
    include_str!("../../docs/token.md"),
    include_str!("../../docs/apis.md"),
    include_str!("../../docs/ci.md"),
    include_str!("../../docs/toolbelt.md"),
    include_str!("../../docs/inspect.md"),
];
const SHELLS: &str = include_str!("../../docs/shells.md");

/// What stands between two fences.
#[derive(Debug)]
pub struct Block {
    /// The heading it is under.
    pub section: &'static str,
    /// `sh`, `console`, `yaml`, `dockerfile`
    pub language: &'static str,
    pub lines: Vec<&'static str>,
}

/// Every code block of the pages, in order.
pub fn blocks() -> Vec<Block> {
    PAGES.into_iter().flat_map(blocks_of).collect()
}

/// What docs/shells.md has for a shell: the lines of its start-up file, and the one that sets `VTEX_TOKEN`.
pub fn shell(name: &str) -> (String, String) {
    let mut found = blocks_of(SHELLS);
    found.retain(|block| block.section == name);
    let [start, token] = <[Block; 2]>::try_from(found).unwrap();
    assert_eq!((start.language, token.language), (name, name));
    (start.lines.join("\n"), token.lines.join("\n"))
}

fn blocks_of(text: &'static str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut section, mut open) = ("", false);
    for line in text.lines() {
        if let Some(language) = line.strip_prefix("```") {
            open = !open;
            if open {
                blocks.push(Block {
                    section,
                    language,
                    lines: Vec::new(),
                });
            }
        } else if open {
            blocks.last_mut().unwrap().lines.push(line);
        } else if line.starts_with('#') {
            section = line.trim_start_matches(['#', ' ']);
        }
    }
    assert!(!open, "a code block without an end");
    blocks
}

/// An example for CI.
pub struct Example(&'static str);

pub const GITHUB: Example = Example(include_str!("../../examples/ci/github.yml"));
pub const GITHUB_ACTION: Example = Example(include_str!("../../examples/ci/github-action.yml"));
pub const GITLAB: Example = Example(include_str!("../../examples/ci/gitlab.yml"));
pub const DOCKERFILE: Example = Example(include_str!("../../examples/ci/Dockerfile"));

/// A line without the comment at its end.
pub fn bare(line: &str) -> &str {
    line.split(" #").next().unwrap().trim()
}

impl Block {
    /// The commands a person types, each with what the block shows of its output.
    pub fn commands(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
        if !["sh", "console"].contains(&self.language) {
            return commands;
        }
        for line in &self.lines {
            if self.language == "sh" {
                assert!(!line.is_empty() && !line.ends_with('\\'), "{line:?}");
                commands.push((line, Vec::new()));
            } else if let Some(command) = line.strip_prefix("$ ") {
                commands.push((command, Vec::new()));
            } else {
                commands.last_mut().expect("a prompt first").1.push(line);
            }
        }
        commands
    }
}

impl Example {
    fn yaml<T: DeserializeOwned>(&self) -> T {
        serde_saphyr::from_str(self.0).unwrap_or_else(|e| panic!("{}\n{e}", self.0))
    }

    pub fn workflow(&self) -> Workflow {
        self.yaml()
    }

    pub fn pipeline(&self) -> BTreeMap<String, Job> {
        self.yaml()
    }

    /// The instructions of a Dockerfile, with their line breaks.
    pub fn instructions(&self) -> Vec<String> {
        let mut instructions: Vec<String> = Vec::new();
        let mut goes_on = false;
        for line in self.0.lines() {
            match instructions.last_mut().filter(|_| goes_on) {
                Some(last) => *last = format!("{last}\n{line}"),
                None if line.is_empty() || line.starts_with('#') => continue,
                None => instructions.push(line.to_owned()),
            }
            goes_on = line.ends_with('\\');
        }
        instructions
    }
}

/// As much of GitHub's workflows as the examples use; anything else is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "on")]
    _on: String,
    #[serde(rename = "permissions")]
    _permissions: BTreeMap<String, String>,
    #[serde(rename = "concurrency")]
    _concurrency: BTreeMap<String, String>,
    pub jobs: BTreeMap<String, WorkflowJob>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WorkflowJob {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "runs-on")]
    _runs_on: String,
    pub defaults: Defaults,
    pub steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    pub run: DefaultRun,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRun {
    pub shell: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(default)]
    pub name: String,
    pub uses: Option<String>,
    #[serde(default)]
    pub with: BTreeMap<String, Value>,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    pub run: Option<String>,
}

/// As much of GitLab's jobs as the examples use; anything else is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    pub image: String,
    pub script: Vec<String>,
    pub artifacts: Artifacts,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifacts {
    pub paths: Vec<String>,
}
