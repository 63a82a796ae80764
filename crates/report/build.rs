//! Builds again when a message file is added, changed or removed.

fn main() {
    println!("cargo::rerun-if-changed=../../locales");
}
