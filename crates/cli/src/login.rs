//! Who is logged in on this machine: what a person's answer on the command line rests on.

use std::process::Command;

/// The login of the user that this process runs as, asked of the operating system and not of the
/// environment, which anybody may set.
pub(crate) fn name() -> Option<String> {
    let output = Command::new("/usr/bin/id").arg("-un").output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !name.is_empty()).then_some(name)
}
