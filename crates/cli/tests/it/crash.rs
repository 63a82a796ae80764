//! `kompel serve` killed at random moments, again and again: no run lost, no step forgotten, nothing
//! done twice that may be done once. Power cuts are the database with the end of its log missing.
//!
//! The peer is a folder whose log is the witness: one line for each thing that it was asked to do.

#![expect(
    clippy::disallowed_methods,
    reason = "kills at random moments, and takes their number from the environment"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread::sleep,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::desk::Desk;

/// Every repeat rule, a read and a wait; each run has its own files and two that all share.
const PLAYBOOK: &str = r#"
document: {dsl: '1.0.3', namespace: kompel, name: crash, version: '1.0.0'}
do:
  - read: {call: files.read, with: {path: seed.txt}}
  - write: {call: files.write, with: {path: '${ "w-\($workflow.input.n).txt" }', text: '${ .text }'}}
  - line: {call: files.append-line, with: {path: lines.txt, line: '${ "line \($workflow.input.n)" }'}}
  - count: {call: files.count, with: {path: '${ "n-\($workflow.input.n).txt" }'}}
  - pause: {wait: {milliseconds: 40}}
  - mail: {call: files.deliver, with: {path: mail.txt, line: '${ "mail \($workflow.input.n)" }'}}
  - again: {call: files.count, with: {path: '${ "m-\($workflow.input.n).txt" }'}}
  - last: {call: files.write, with: {path: '${ "z-\($workflow.input.n).txt" }', text: last}}
"#;

/// The writes of a run, and whether they may be asked for more than once.
const WRITES: [(&str, bool); 6] = [
    ("write", true),
    ("line", true),
    ("count", false),
    ("mail", true),
    ("again", false),
    ("last", true),
];

/// A workspace with the playbook and the folder that it works on.
fn workplace() -> Desk {
    let desk = Desk::new();
    let at = desk.path("");
    furnish(&desk, &at);
    desk
}

/// Puts the playbook into the workspace; the folder that it works on lies at `peer`.
fn furnish(desk: &Desk, peer: &Path) {
    fs::create_dir(peer.join("peer")).unwrap();
    fs::create_dir_all(desk.path("playbooks/crash")).unwrap();
    desk.write("playbooks/crash/playbook.yaml", PLAYBOOK);
    fs::write(peer.join("peer/seed.txt"), "seed").unwrap();
    let (folder, witness) = (peer.join("peer"), peer.join("witness"));
    desk.write(
        "kompel.toml",
        &format!(
            "language = \"en\"\n[tenant.default.limits]\nper_minute = 1000000\n\
             [tenant.default.connection.folder]\nconnector = \"files\"\nfolder = {folder:?}\n\
             log = {witness:?}\n"
        ),
    );
}

pub(crate) fn serve(desk: &Desk) -> Child {
    Desk::command(&desk.path(""))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until it says that it serves.
pub(crate) fn is_up(child: &mut Child) {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("127.0.0.1"), "serve does not start: {line:?}");
}

/// Kills with SIGKILL and waits for the end.
pub(crate) fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Starts run `n` and gives its id once the program has said that it exists.
fn start(desk: &Desk, n: usize) -> String {
    let answer = desk.json(&["run", "crash", "--set", &format!("n={n}"), "--detach"]);
    answer["run"].as_str().unwrap().to_owned()
}

pub(crate) fn database(desk: &Desk) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(desk.path("kompel.db"), flags).unwrap();
    database.busy_timeout(Duration::from_secs(10)).unwrap();
    database
}

/// Each run's journal.
pub(crate) fn journals(desk: &Desk) -> BTreeMap<String, Vec<String>> {
    let database = database(desk);
    let mut found = BTreeMap::<String, Vec<String>>::new();
    let mut rows =
        database.prepare("SELECT run, seq, body FROM entries ORDER BY run, seq").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    for row in rows {
        let (run, seq, body): (String, i64, String) = row.unwrap();
        let journal = found.entry(run).or_default();
        assert_eq!(i64::try_from(journal.len()).unwrap(), seq, "a journal has a hole");
        journal.push(body);
    }
    found
}

/// The runs that have neither ended nor a question open.
fn unsettled(desk: &Desk) -> Vec<String> {
    let database = database(desk);
    let mut rows = database
        .prepare(
            "SELECT id FROM runs WHERE ended IS NULL AND NOT EXISTS
                 (SELECT 1 FROM questions WHERE run = id AND closed IS NULL)",
        )
        .unwrap();
    let found = rows.query_map([], |row| row.get(0)).unwrap();
    found.collect::<Result<_, _>>().unwrap()
}

/// Serves until every run has ended or waits for a person's word.
fn settle(desk: &Desk) {
    let mut child = serve(desk);
    is_up(&mut child);
    for _ in 0..3_000 {
        if unsettled(desk).is_empty() {
            return kill(child);
        }
        sleep(Duration::from_millis(40));
    }
    kill(child);
    let stuck = unsettled(desk);
    let story = desk.run(&["show", &stuck[0], "--all"]);
    panic!("{} runs neither end nor ask, such as {}", stuck.len(), story.out);
}

fn lines(desk: &Desk, name: &str) -> Vec<String> {
    let text = fs::read_to_string(desk.path(name)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// How often the peer was asked, by run and task.
fn asked(desk: &Desk) -> BTreeMap<(String, String), usize> {
    let mut asked = BTreeMap::new();
    for line in lines(desk, "witness") {
        let (key, _) = line.split_once('\t').unwrap();
        let (run, step) = key.split_once('/').unwrap();
        let task = step.split(['/', '#', '.']).find(|part| WRITES.iter().any(|(w, _)| w == part));
        let task = task.unwrap_or_else(|| panic!("an unknown step: {key}"));
        *asked.entry((run.to_owned(), task.to_owned())).or_insert(0) += 1;
    }
    asked
}

/// How a settled run stands: its state in a word, and the task about which it asks.
fn standing(desk: &Desk) -> BTreeMap<String, (String, Option<String>)> {
    let database = database(desk);
    let mut rows = database
        .prepare(
            "SELECT id, state, (SELECT task FROM questions WHERE run = id AND closed IS NULL)
             FROM runs",
        )
        .unwrap();
    let found = rows.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
    found.collect::<Result<_, _>>().unwrap()
}

/// Holds every run to the promises; gives how many completed, how many ask, and how many requests
/// were repeated.
fn check(desk: &Desk, started: &BTreeMap<String, usize>) -> (usize, usize, usize) {
    let (standing, asked, journals) = (standing(desk), asked(desk), journals(desk));
    let (mail, appended) = (lines(desk, "peer/mail.txt"), lines(desk, "peer/lines.txt"));
    let times = |all: &[String], line: &str| {
        all.iter().filter(|had| had.split('\t').next() == Some(line)).count()
    };
    let (mut completed, mut asking, mut repeated) = (0, 0, 0);
    for (run, n) in started {
        let Some((state, question)) = standing.get(run) else { panic!("run {run} is lost") };
        let question = question.as_deref().map(|task| task.rsplit('/').next().unwrap());
        let number = |name: &str| {
            let text = fs::read_to_string(desk.path(&format!("peer/{name}-{n}.txt")));
            text.map_or(0, |text| text.parse::<usize>().unwrap())
        };
        let times_done = |task: &str| match task {
            "line" => times(&appended, &format!("line {n}")),
            "mail" => times(&mail, &format!("mail {n}")),
            "count" => number("n"),
            "again" => number("m"),
            "write" => usize::from(desk.path(&format!("peer/w-{n}.txt")).exists()),
            _ => usize::from(desk.path(&format!("peer/z-{n}.txt")).exists()),
        };
        for (at, (task, may_repeat)) in WRITES.iter().enumerate() {
            let requests = asked.get(&(run.clone(), (*task).to_owned())).copied().unwrap_or(0);
            let done = times_done(task);
            let about = format!("{task} of {run} ({state}), asked {requests} times, done {done}");
            assert!(done <= 1, "done twice: {about}");
            assert!(*may_repeat || requests <= 1, "asked twice: {about}");
            repeated += requests.saturating_sub(1);
            let before = |other: &str| at < WRITES.iter().position(|(w, _)| *w == other).unwrap();
            match question {
                None => assert_eq!(done, 1, "forgotten: {about}"),
                Some(asks) if before(asks) => assert_eq!(done, 1, "forgotten: {about}"),
                Some(asks) if asks == *task => assert!(!may_repeat, "asks for nothing: {about}"),
                Some(_) => assert_eq!(requests, 0, "done before its turn: {about}"),
            }
            let attempting = format!("/{task}#");
            let attempts = journals[run]
                .iter()
                .filter(|body| body.contains("\"attempting\"") && body.contains(&attempting))
                .count();
            assert!(attempts >= requests, "asked without an entry: {about}");
        }
        match question {
            Some(_) => asking += 1,
            None => {
                assert_eq!(state, "completed", "{}", desk.run(&["show", run, "--all"]).out);
                completed += 1;
            }
        }
    }
    (completed, asking, repeated)
}

/// Numbers that look random and are the same every time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// How many kills (`KOMPEL_CRASH_KILLS`, else as usual) at which moments (`KOMPEL_CRASH_SEED`).
pub(crate) fn wanted(usual_kills: u64) -> (usize, Dice) {
    let number = |name: &str, usual| {
        let given = std::env::var(name).ok();
        given.map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
    };
    let kills = number("KOMPEL_CRASH_KILLS", usual_kills);
    (usize::try_from(kills).unwrap(), Dice(number("KOMPEL_CRASH_SEED", 3)))
}

const USUAL_KILLS: u64 = 60;

#[test]
fn killed_at_any_moment_it_loses_forgets_and_repeats_nothing() {
    let desk = workplace();
    let ((kills, mut dice), mut started) = (wanted(USUAL_KILLS), BTreeMap::new());
    let mut interrupted = 0;
    for round in 0..kills {
        let mut child = serve(&desk);
        if dice.below(8) > 0 {
            is_up(&mut child);
            // Runs that another process starts, while this one drives.
            for _ in 0..dice.below(3) {
                let n = started.len();
                started.insert(start(&desk, n), n);
            }
        }
        sleep(Duration::from_micros(dice.below(150_000)));
        kill(child);
        interrupted += usize::from(!unsettled(&desk).is_empty());
        if round % 100 == 99 {
            settle(&desk);
            check(&desk, &started);
        }
    }
    settle(&desk);
    let known: BTreeSet<_> = standing(&desk).into_keys().collect();
    assert_eq!(known, started.keys().cloned().collect(), "runs that nobody started");
    let (completed, asking, repeated) = check(&desk, &started);
    println!(
        "{kills} kills, {interrupted} with runs under way; {} runs: {completed} completed, \
         {asking} ask a person, {repeated} requests repeated",
        started.len()
    );
    assert!(interrupted * 4 > kills, "only {interrupted} of {kills} kills fell into a run");
    let verified = desk.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    let told: Value = desk.json(&["runs", "--most", "10000"]);
    assert_eq!(told["questions"].as_array().unwrap().len(), asking);
}

/// A run that the program said exists, and how long the database's log was by then.
struct Acknowledged {
    run: String,
    generation: Vec<u8>,
    length: usize,
}

/// The log of the database, and what tells it from the one before.
fn log(desk: &Desk) -> (Vec<u8>, Vec<u8>) {
    let log = fs::read(desk.path("kompel.db-wal")).unwrap_or_default();
    let generation = log.get(..32).unwrap_or_default().to_vec();
    (log, generation)
}

/// The workspace as a power cut would leave it if the log's end had not reached the disk.
fn cut(desk: &Desk, log: &[u8]) -> Desk {
    let copy = Desk::bare();
    for entry in fs::read_dir(desk.path("")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_file() && !name.starts_with("kompel.db-") {
            fs::copy(entry.path(), copy.path(&name)).unwrap();
        }
    }
    fs::write(copy.path("kompel.db-wal"), log).unwrap();
    copy
}

#[test]
fn a_power_cut_at_any_byte_loses_nothing_acknowledged_before_it() {
    let desk = workplace();
    let (mut dice, mut known, mut shorter) = (Dice(5), Vec::<Acknowledged>::new(), 0);
    for _ in 0..4 {
        let mut child = serve(&desk);
        is_up(&mut child);
        for _ in 0..2 {
            let run = start(&desk, known.len());
            let (log, generation) = log(&desk);
            known.push(Acknowledged { run, generation, length: log.len() });
        }
        sleep(Duration::from_micros(dice.below(100_000)));
        kill(child);
        let (log, generation) = log(&desk);
        let lengths = [log.len(), 0, dice.below(32) as usize];
        let random = (0..3).map(|_| dice.below(log.len() as u64) as usize);
        let lengths: Vec<usize> = lengths.into_iter().chain(random).collect();
        let copies: Vec<_> =
            lengths.into_iter().map(|length| (length, cut(&desk, &log[..length]))).collect();
        let whole = journals(&desk);
        for (length, copy) in &copies {
            let opened = copy.run(&["runs"]);
            assert_eq!(opened.code, 0, "cut at {length}: {}{}", opened.out, opened.err);
            let verified = copy.run(&["audit", "verify"]);
            assert_eq!(verified.code, 0, "cut at {length}: {}{}", verified.out, verified.err);
            let left = journals(copy);
            for (run, journal) in &left {
                assert!(
                    whole[run].starts_with(journal),
                    "cut at {length}: {run} has other entries"
                );
            }
            let kept =
                |known: &&Acknowledged| known.generation == generation && known.length <= *length;
            for acknowledged in known.iter().filter(kept) {
                assert!(left.contains_key(&acknowledged.run), "cut at {length} lost a run");
            }
            shorter += usize::from(left != whole);
            assert!(*length < log.len() || left == whole, "the whole log gives everything");
        }
    }
    assert!(shorter > 4, "only {shorter} cuts took anything away: they show nothing");
}

/// The runs that exist, with the number that each was started with.
fn numbered(desk: &Desk) -> BTreeMap<String, usize> {
    let number = |journal: &Vec<String>| {
        let started: Value = serde_json::from_str(&journal[0]).unwrap();
        usize::try_from(started["body"]["input"]["n"].as_u64().unwrap()).unwrap()
    };
    journals(desk).iter().map(|(run, journal)| (run.clone(), number(journal))).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_at_any_moment_ends_in_an_error_and_nothing_is_done_without_its_entry() {
    let desk = workplace();
    let (mut refused, mut stopped, mut through) = (0, 0, 0);
    for (n, kilobytes) in [4, 48, 96, 144, 192, 240, 320, 400, 600, 20_000].into_iter().enumerate()
    {
        // Whoever closes the database last empties its log: each begins with an empty one.
        desk.answer(&["runs"]);
        // A limit on the length of files stands for the disk. Unheeded, its signal would kill.
        let limited = "trap '' XFSZ; ulimit -f $1; shift; exec \"$@\"";
        let blocks = (kilobytes * 2).to_string();
        let run = std::process::Command::new("sh")
            .current_dir(desk.path(""))
            .env_clear()
            .env("LANG", "en_GB.UTF-8")
            .args(["-c", limited, "sh", &blocks, env!("CARGO_BIN_EXE_kompel")])
            .args(["run", "crash", "--set", &format!("n={n}")])
            .output()
            .unwrap();
        let run = crate::desk::ended(run);
        let said = format!("{kilobytes} KiB: {} {}{}", run.code, run.out, run.err);
        assert!(!said.contains("panicked"), "{said}");
        let (asked, journals) = (asked(&desk), journals(&desk));
        for ((run, task), requests) in asked {
            let attempting = format!("/{task}#");
            let entries = journals[&run].iter();
            let entries = entries.filter(|body| body.contains("\"attempting\""));
            let entries = entries.filter(|body| body.contains(&attempting)).count();
            assert!(entries >= requests, "{task} of {run} without its entry; {said}");
        }
        let exists = numbered(&desk).values().any(|had| *had == n);
        let well = [0, 11].contains(&run.code);
        assert!(exists || !well, "{said}");
        refused += usize::from(!exists);
        stopped += usize::from(exists && said.contains("the disk is full"));
        settle(&desk);
        check(&desk, &numbered(&desk));
        println!("{exists} {said}");
        through += usize::from(well);
    }
    let all = format!("{refused} never began, {stopped} were stopped, {through} came through");
    assert!(refused > 0 && stopped > 0 && through > 0, "{all}");
}

/// A small disk of its own at this path; gone when dropped.
#[cfg(target_os = "linux")]
struct Disk(PathBuf);

#[cfg(target_os = "linux")]
impl Disk {
    /// `None`, after saying so, where this user may not mount.
    fn mount(at: PathBuf) -> Option<Self> {
        let done = Self::told("mount", &["-t", "tmpfs", "-o", "size=4m", "tmpfs"], &at);
        if !done {
            eprintln!("not run: this user may not mount a disk");
        }
        done.then_some(Self(at))
    }

    fn remount(&self, how: &str) {
        let how = format!("remount,{how}");
        assert!(Self::told("mount", &["-o", &how], &self.0), "{how}");
    }

    fn told(program: &str, arguments: &[&str], at: &Path) -> bool {
        let mut command = std::process::Command::new(program);
        command.args(arguments).arg(at).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk {
    fn drop(&mut self) {
        Self::told("umount", &["-l"], &self.0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_real_disk_that_is_full_or_read_only_holds_runs_up_and_loses_none() {
    let desk = Desk::bare();
    let Some(disk) = Disk::mount(desk.path("")) else { return };
    // The peer lies on another disk: what it is asked to do it can do.
    let peer = tempfile::tempdir().unwrap();
    assert_eq!(desk.run(&["init", "--lang", "en"]).code, 0);
    furnish(&desk, peer.path());
    for name in ["peer", "witness"] {
        std::os::unix::fs::symlink(peer.path().join(name), desk.path(name)).unwrap();
    }
    let n = |n: usize| format!("n={n}");
    let first = start(&desk, 0);
    // Full to the last byte.
    let mut filler = fs::File::create(desk.path("filler")).unwrap();
    while std::io::Write::write_all(&mut filler, &[0; 4096]).is_ok() {}
    drop(filler);
    let full = desk.run(&["run", "crash", "--set", &n(1)]);
    let said = format!("{} {}{}", full.code, full.out, full.err);
    assert!(full.code != 0 && full.err.contains("full"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    fs::remove_file(desk.path("filler")).unwrap();
    assert!(journals(&desk).contains_key(&first), "the run that was told of is there");
    // Read-only: nothing new begins, and no request goes out.
    disk.remount("ro");
    let witness = fs::read(peer.path().join("witness")).unwrap_or_default();
    let refused = desk.run(&["run", "crash", "--set", &n(2)]);
    let said = format!("{} {}{}", refused.code, refused.out, refused.err);
    assert!(refused.code != 0 && !said.contains("panicked"), "{said}");
    assert!(refused.err.contains("read-only") || refused.err.contains("readonly"), "{said}");
    assert_eq!(fs::read(peer.path().join("witness")).unwrap_or_default(), witness, "{said}");
    disk.remount("rw");
    settle(&desk);
    let started = numbered(&desk);
    assert!(started.contains_key(&first));
    check(&desk, &started);
}
