//! Installs what the tests need (`needs.rs`), once; when all is there it takes no time.
//!
//! Debian's packages go into the system, and no service of theirs is started: tests start their
//! own peers. Everything else goes into one cache folder that all clones share.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    needs::{DEBIAN, NODE, PYTHON, Package, Pinned},
    world::say,
};

/// What is there after the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installed {
    /// Holds the virtual environment `python` and the folder `node`.
    pub(crate) folder: PathBuf,
    /// Whether nothing is missing; without it tests of the missing peers say `not run`.
    pub(crate) complete: bool,
}

/// Installs what is missing and says what it does.
///
/// # Errors
/// When an installer fails: the message names what to install by hand.
pub(crate) fn run() -> Result<Installed> {
    let folder = folder()?;
    let complete = debian()?;
    python(&folder.join("python"))?;
    node(&folder.join("node"))?;
    Ok(Installed { folder, complete })
}

/// Prints where each need stands.
pub(crate) fn list(installed: &Installed) {
    for package in DEBIAN {
        let place = find(package.witness).map_or("missing".into(), |p| p.display().to_string());
        say(&format!("{:<22} {place}", package.name));
    }
    for (kind, pinned) in [("python/bin", PYTHON), ("node/node_modules", NODE)] {
        for (name, version) in pinned {
            let place = installed.folder.join(kind);
            say(&format!("{name:<22} {} ({version})", place.display()));
        }
    }
}

/// The cache that tests look in too (`KOMPEL_PEERS`, else below the user's cache folder).
#[expect(clippy::disallowed_methods, reason = "a chore reads where the user keeps caches")]
fn folder() -> Result<PathBuf> {
    if let Ok(set) = env::var("KOMPEL_PEERS") {
        return Ok(set.into());
    }
    let cache = env::var("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|_| env::var("HOME").map(|home| Path::new(&home).join(".cache")))
        .context("neither KOMPEL_PEERS, XDG_CACHE_HOME nor HOME is set")?;
    Ok(cache.join("kompel/peers"))
}

fn debian() -> Result<bool> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(true);
    }
    let names = missing.iter().map(|p| p.name).collect::<Vec<_>>();
    if find("apt-get").is_none() {
        say(&format!("not installed, no apt-get here: {}", names.join(" ")));
        return Ok(false);
    }
    say(&format!("== installing {} Debian packages (some minutes)", names.len()));
    say(&names.join(" "));
    let quiet = NoServices::begin()?;
    let outcome = as_root(&["apt-get", "update", "-qq"]).and_then(|()| {
        let mut words = vec![
            "apt-get",
            "install",
            "-y",
            "-qq",
            "-o=Dpkg::Use-Pty=0",
            "--no-install-recommends",
        ];
        words.extend(&names);
        as_root(&words)
    });
    quiet.end()?;
    outcome?;
    let still = self::missing();
    if !still.is_empty() {
        let lines = still.iter().map(|p| format!("{} brought no {}", p.name, p.witness));
        bail!("xtask/src/needs.rs: {}", lines.collect::<Vec<_>>().join("; "));
    }
    Ok(true)
}

fn missing() -> Vec<Package> {
    DEBIAN.iter().copied().filter(|p| find(p.witness).is_none()).collect()
}

/// A program on the PATH or where Debian keeps daemons, or a whole path.
#[expect(clippy::disallowed_methods, reason = "a chore looks for programs as a shell does")]
fn find(witness: &str) -> Option<PathBuf> {
    if witness.starts_with('/') {
        let path = PathBuf::from(witness.replace("{arch}", env::consts::ARCH));
        return Some(path).filter(|path| path.exists());
    }
    let path = env::var("PATH").unwrap_or_default();
    path.split(':')
        .chain(["/usr/sbin", "/sbin", "/usr/bin"])
        .map(|folder| Path::new(folder).join(witness))
        .find(|path| path.is_file())
}

/// While it lasts, no package starts its service (Debian policy 9.3.3's `policy-rc.d`).
#[must_use]
struct NoServices {
    ours: bool,
}

const POLICY: &str = "/usr/sbin/policy-rc.d";

impl NoServices {
    fn begin() -> Result<Self> {
        if Path::new(POLICY).exists() {
            return Ok(Self { ours: false });
        }
        as_root(&[
            "sh",
            "-c",
            "printf '#!/bin/sh\\nexit 101\\n' > \"$0\"; chmod 755 \"$0\"",
            POLICY,
        ])?;
        Ok(Self { ours: true })
    }

    fn end(self) -> Result<()> {
        if self.ours { as_root(&["rm", "-f", POLICY]) } else { Ok(()) }
    }
}

fn as_root(words: &[&str]) -> Result<()> {
    let id = Command::new("id").arg("-u").output().context("running id")?;
    let all: Vec<&str> = match id.stdout.trim_ascii() {
        b"0" => words.to_vec(),
        _ => ["sudo"].iter().chain(words).copied().collect(),
    };
    // Through `env`, for sudo drops what it inherits.
    let at = usize::from(all.len() > words.len());
    let (before, rest) = all.split_at(at);
    finish(
        Command::new(before.first().unwrap_or(&"env"))
            .args(before.first().map(|_| "env"))
            .arg("DEBIAN_FRONTEND=noninteractive")
            .args(rest),
    )
}

fn python(folder: &Path) -> Result<()> {
    if PYTHON.is_empty() || is_stamped(folder, PYTHON) {
        return Ok(());
    }
    let wanted = pins(PYTHON, "==");
    say(&format!("== installing from PyPI: {}", wanted.join(" ")));
    let has_venv = Command::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_venv {
        as_root(&["apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3-venv"])?;
    }
    finish(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    finish(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(&wanted))?;
    stamp(folder, PYTHON)
}

fn node(folder: &Path) -> Result<()> {
    if NODE.is_empty() || is_stamped(folder, NODE) {
        return Ok(());
    }
    let wanted = pins(NODE, "@");
    say(&format!("== installing from npm: {}", wanted.join(" ")));
    if find("npm").is_none() {
        as_root(&["apt-get", "install", "-y", "-qq", "--no-install-recommends", "npm"])?;
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    finish(
        Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
            .arg(folder)
            .args(&wanted),
    )?;
    stamp(folder, NODE)
}

fn pins(wanted: &[Pinned], between: &str) -> Vec<String> {
    wanted.iter().map(|(name, version)| format!("{name}{between}{version}")).collect()
}

/// Written last: a folder with it holds exactly these packages.
fn stamp(folder: &Path, wanted: &[Pinned]) -> Result<()> {
    let path = folder.join(STAMP);
    fs::write(&path, pins(wanted, " ").join("\n")).with_context(|| path.display().to_string())
}

fn is_stamped(folder: &Path, wanted: &[Pinned]) -> bool {
    fs::read_to_string(folder.join(STAMP)).is_ok_and(|text| text == pins(wanted, " ").join("\n"))
}

const STAMP: &str = "kompel-installed";

fn finish(command: &mut Command) -> Result<()> {
    let said = format!("{command:?}").replace('"', "");
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("running {said}"))?;
    if output.status.success() {
        return Ok(());
    }
    // Installers tell much when all goes well; only a failure is worth reading.
    for bytes in [&output.stdout, &output.stderr] {
        say(String::from_utf8_lossy(bytes).trim_end());
    }
    bail!("{said} failed ({})", output.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_as_a_shell_finds_them() {
        for (witness, expected) in
            [("sh", true), ("/bin/sh", true), ("/bin/no-such", false), ("no-such-program", false)]
        {
            assert_eq!(find(witness).is_some(), expected, "{witness}");
        }
    }

    #[test]
    fn a_folder_with_other_versions_is_installed_again() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_stamped(folder.path(), &[("a", "1")]));
        stamp(folder.path(), &[("a", "1"), ("b", "2")]).unwrap();
        assert!(is_stamped(folder.path(), &[("a", "1"), ("b", "2")]));
        for other in [&[("a", "1")][..], &[("a", "1"), ("b", "3")]] {
            assert!(!is_stamped(folder.path(), other), "{other:?}");
        }
    }
}
