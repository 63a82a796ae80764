//! Somebody starts, can't sign in any more, needs more access: the real binary, a real directory, a service
//! with SCIM, a mail server and Microsoft 365's stand-in. The first password is read as the desk reads it, with `age`, and looked
//! for everywhere else.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use kompel_peers::{How, guid, program};
use mail_parser::MessageParser;
use serde_json::{Value, json};

use crate::{
    company::{Company, JAN, PASSWORD, STAFF},
    desk::{Acme as _, Clock},
};

/// The key of whoever tells passwords on.
struct DeskKey {
    age: PathBuf,
    file: PathBuf,
    public: String,
}

impl DeskKey {
    /// `None` where `age` is not installed.
    fn new(folder: &Path) -> Option<Self> {
        let (age, keygen) = (program("age")?, program("age-keygen")?);
        let file = folder.join("desk-key.txt");
        assert!(Command::new(keygen).arg("-o").arg(&file).output().unwrap().status.success());
        let text = fs::read_to_string(&file).unwrap();
        let public = text.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
        Some(Self { age, public: public.to_owned(), file })
    }

    /// The password in a mail to the desk, by the commands that the mail tells.
    fn opens(&self, text: &str) -> String {
        let sealed = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap();
        let file = |name| self.file.with_file_name(name);
        fs::write(file("sealed.txt"), sealed).unwrap();
        let decoded = Command::new("base64").arg("-d").arg(file("sealed.txt")).output().unwrap();
        fs::write(file("sealed"), decoded.stdout).unwrap();
        let mut opened = Command::new(&self.age);
        let opened = opened.arg("-d").arg("-i").arg(&self.file).arg(file("sealed"));
        let opened = opened.output().unwrap();
        assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
        String::from_utf8(opened.stdout).unwrap().trim_end().to_owned()
    }
}

/// To whom each mail went, and its text.
fn mails(company: &Company) -> Vec<(String, String)> {
    let read = |mail: &Value| {
        let message = MessageParser::default().parse(mail["data"].as_str().unwrap()).unwrap();
        let text = message.body_text(0).unwrap().into_owned();
        (mail["to"][0].as_str().unwrap().to_owned(), text)
    };
    company.mail.mails().iter().map(read).collect()
}

/// Fails if the password is anywhere in the workspace, in what is told of the run or in a mail.
fn nobody_else_reads(company: &Company, run: &str, password: &str) {
    let told = [
        company.run(&["show", run, "--all"]),
        company.run(&["show", run, "--all", "--json"]),
        company.run(&["audit", "show"]),
    ];
    let told = told.iter().flat_map(|ended| [&ended.out, &ended.err]);
    let mut kept: Vec<Vec<u8>> = told.map(|text| text.clone().into_bytes()).collect();
    kept.extend(company.mail.mails().iter().map(|mail| mail.to_string().into_bytes()));
    for entry in fs::read_dir(company.desk.path("")).unwrap() {
        let path = entry.unwrap().path();
        kept.extend(path.is_file().then(|| fs::read(&path).unwrap()));
    }
    assert!(kept.iter().any(|bytes| contains(bytes, run.as_bytes())), "nothing was looked through");
    let in_utf16: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for form in [password.as_bytes(), &in_utf16] {
        assert!(!kept.iter().any(|bytes| contains(bytes, form)), "the password can be read");
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// The password lets this account in only to choose another, which then does.
fn must_be_changed(company: &Company, account: &str, password: &str) {
    let principal = format!("{account}@corp.test");
    let refused = company.ad.bind(&principal, password).unwrap_err();
    assert!(refused.contains("data 773"), "{refused}");
    let wrong = company.ad.bind(&principal, "another-Word-1").unwrap_err();
    assert!(wrong.contains("data 52e"), "{wrong}");
    assert_eq!(company.ad.kinit_and_choose(account, password, CHOSEN), Ok(()));
    assert_eq!(company.ad.bind(&principal, CHOSEN), Ok(()));
    assert_eq!(company.ad.kinit(account, CHOSEN), Ok(()));
}

const CHOSEN: &str = "Eigen-keuze-2026!";
const DESK: &str = "desk@corp.test";

#[test]
fn who_starts_has_an_account_its_groups_and_a_password_that_only_the_desk_reads() {
    let folder = tempfile::tempdir().unwrap();
    let Some(key) = DeskKey::new(folder.path()) else { return };
    let Some(company) = Company::start(&["onboarding"]) else { return };
    let input = json!({
        "person": {
            "account": "kdesmet", "name": "Kim De Smet", "givenName": "Kim", "surname": "De Smet",
            "mail": "kim@corp.test", "title": "Consultant", "department": "Sales",
        },
        "ou": STAFF, "groups": ["VPN", "Sales"], "services": ["saas"], "manager": "an",
        "start": "2026-01-05T08:00:00Z", "desk": DESK, "sealFor": key.public,
    });
    let run = company.starts("onboarding", &input);
    assert!(!company.entry("kdesmet").contains("userAccountControl"), "nothing before the yes");
    company.approves(&run, "an", "starts on Monday");
    assert_eq!(company.state(&run).0, "completed", "{}", company.run(&["show", &run]).out);

    let entry = company.entry("kdesmet");
    for has in ["userAccountControl: 512", "CN=VPN,", "CN=Sales,", "pwdLastSet: 0"] {
        assert!(entry.contains(has), "{has}: {entry}");
    }
    assert_eq!(entry.matches("memberOf").count(), 2, "nothing more: {entry}");
    assert_eq!(company.is_active("kim@corp.test"), Some(true));
    let told = mails(&company);
    let [(to, text)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(to, DESK);
    let password = key.opens(text);
    nobody_else_reads(&company, &run, &password);
    must_be_changed(&company, "kdesmet", &password);
    company.others_are_in();

    // The same again makes nothing twice, and leaves the password that Kim chose.
    let entry = company.entry("kdesmet");
    let again = company.starts("onboarding", &input);
    company.approves(&again, "an", "once more");
    assert_eq!(company.state(&again).0, "completed", "{}", company.run(&["show", &again]).out);
    assert_eq!((company.entry("kdesmet"), mails(&company).len()), (entry, 1));
    assert_eq!(company.ad.bind("kdesmet@corp.test", CHOSEN), Ok(()));
    assert_eq!(company.run(&["audit", "verify"]).code, 0);
}

/// What makes this person start in Microsoft 365, with all that one can have there.
fn starts_in_the_cloud(account: &str, key: &DeskKey) -> Value {
    json!({
        "person": {
            "account": account, "name": format!("Kim {account}"), "givenName": "Kim",
            "surname": account, "mail": format!("{account}@corp.test"), "title": "Consultant",
            "department": "Sales",
        },
        "microsoft": {
            "usageLocation": "BE", "groups": ["Team", "With Visio"], "licences": ["ENTERPRISEPACK"],
        },
        "manager": "an", "start": "2026-01-05T08:00:00Z", "desk": DESK, "sealFor": key.public,
    })
}

/// The account of this person in Microsoft 365.
fn in_the_cloud(company: &Company, account: &str) -> Option<Value> {
    let mail = format!("{account}@corp.test");
    company.cloud.world().users.into_values().find(|user| user["userPrincipalName"] == mail)
}

/// True if this person has everything there.
fn has_everything(company: &Company, account: &str) -> bool {
    let Some(user) = in_the_cloud(company, account) else { return false };
    let members = company.cloud.world().members;
    let id = user["id"].as_str().unwrap();
    let in_group = |group| members.contains(&(guid(group), id.to_owned()));
    // The second licence comes with the second group.
    let licences: Vec<_> = user["assignedLicenses"].as_array().unwrap().iter().collect();
    in_group(102) && in_group(106) && licences.len() == 2 && user["usageLocation"] == "BE"
}

#[test]
fn who_starts_where_all_is_in_the_cloud_has_an_account_its_groups_and_licences_there() {
    let folder = tempfile::tempdir().unwrap();
    let Some(key) = DeskKey::new(folder.path()) else { return };
    let Some(company) = Company::start(&["onboarding"]) else { return };
    let input = starts_in_the_cloud("kim", &key);
    let run = company.starts("onboarding", &input);
    assert_eq!(in_the_cloud(&company, "kim"), None, "nothing before the yes");
    company.approves(&run, "an", "starts on Monday");
    assert_eq!(company.state(&run).0, "completed", "{}", company.run(&["show", &run]).out);
    let kim = in_the_cloud(&company, "kim").unwrap();
    assert_eq!((&kim["displayName"], &kim["jobTitle"]), (&json!("Kim kim"), &json!("Consultant")));
    assert!(has_everything(&company, "kim"), "{kim}");
    assert!(!company.entry("kim").contains("userAccountControl"), "nothing in the directory");

    let told = mails(&company);
    let [(to, text)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(to, DESK);
    let password = key.opens(text);
    nobody_else_reads(&company, &run, &password);
    let exchanges = company.cloud.exchanges();
    let made = exchanges.iter().find(|one| one.target == "/v1.0/users" && one.status == 201);
    let profile = json!({"password": password, "forceChangePasswordNextSignIn": true});
    assert_eq!(made.unwrap().body["passwordProfile"], profile);

    // The same again makes nothing twice and sends no password.
    let again = company.starts("onboarding", &input);
    company.approves(&again, "an", "once more");
    assert_eq!(company.state(&again).0, "completed", "{}", company.run(&["show", &again]).out);
    assert_eq!((in_the_cloud(&company, "kim"), mails(&company).len()), (Some(kim), 1));
    company.others_are_in();
    assert_eq!(company.run(&["audit", "verify"]).code, 0);
}

#[test]
fn who_starts_where_a_directory_is_synchronised_gets_the_rest_once_the_account_has_come() {
    let (folder, Some(clock)) = (tempfile::tempdir().unwrap(), Clock::find()) else { return };
    let Some(key) = DeskKey::new(folder.path()) else { return };
    let Some(company) = Company::start(&["onboarding"]) else { return };
    for (number, comes) in [(21, true), (22, false)] {
        let account = format!("kim{number}");
        let mut input = starts_in_the_cloud(&account, &key);
        (input["ou"], input["groups"]) = (STAFF.into(), json!(["VPN"]));
        let run = company.starts("onboarding", &input);
        company.approves(&run, "an", "starts on Monday");
        assert_eq!(company.state(&run).0, "waiting", "{}", company.run(&["show", &run]).out);
        assert!(company.entry(&account).contains("CN=VPN,"), "{}", company.entry(&account));
        assert_eq!(in_the_cloud(&company, &account), None, "it is the directory's to bring");
        if comes {
            company.cloud.change(|world| {
                world.add_user(number, &format!("{account}@corp.test"), "Kim", true);
                world.user(number)["onPremisesSyncEnabled"] = true.into();
                world.user(number)["usageLocation"] = Value::Null;
            });
        }
        let (state, story) = company.ends_later(&clock, &run);
        let told = company.run(&["show", &run]).out;
        assert_eq!(state, if comes { "completed" } else { "incomplete" }, "{told}");
        assert_eq!(has_everything(&company, &account), comes, "{told}");
        let asked = story["steps"].as_array().unwrap().iter();
        let asked = asked.filter(|step| step["action"] == "approval.ask").count();
        assert_eq!((asked, company.asked(&run, "an")), (1, vec![]), "asked once: {told}");
        if !comes {
            assert!(told.contains("the synchronisation has not brought the account yet"), "{told}");
        }
    }
    company.others_are_in();
}

#[test]
fn whatever_goes_wrong_in_microsoft_365_nobody_is_told_that_all_is_ready_who_lacks_something() {
    let (folder, Some(clock)) = (tempfile::tempdir().unwrap(), Clock::find()) else { return };
    let Some(key) = DeskKey::new(folder.path()) else { return };
    let Some(company) = Company::start(&["onboarding"]) else { return };
    let mut number = 30;
    for writes in ["POST /v1.0/users ", "POST /v1.0/groups", "assignLicense"] {
        for how in [How::Refused, How::AnswerLost, How::Deaf] {
            number += 1;
            let account = format!("kim{number}");
            company.cloud.reset(company.cloud.world());
            company.cloud.trouble_with_writes(writes, how);
            let run = company.starts("onboarding", &starts_in_the_cloud(&account, &key));
            company.approves(&run, "an", "starts on Monday");
            let (state, _) = company.ends_later(&clock, &run);
            let told = company.run(&["show", &run]).out;
            let says = format!("{writes} {how:?}: {state}\n{told}");
            // What was done although the answer was lost is found by the next look; but a password
            // that went with the answer is not.
            let passes = how == How::AnswerLost && !writes.contains("users");
            assert_eq!(state == "completed", passes, "{says}");
            assert!(state != "completed" || has_everything(&company, &account), "{says}");
        }
    }
    company.others_are_in();
}

#[test]
fn a_new_password_reaches_the_desk_alone_and_must_be_changed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let Some(key) = DeskKey::new(folder.path()) else { return };
    let Some(company) = Company::start(&["password-reset"]) else { return };
    let input = json!({"person": "jan", "account": JAN, "desk": DESK, "sealFor": key.public});
    let principal = format!("{JAN}@corp.test");
    let run = company.starts("password-reset", &input);
    assert_eq!(company.ad.bind(&principal, PASSWORD), Ok(()), "nothing before the yes");
    // The mail server turns Kompel away: the line that only the desk reads is not lost.
    let config = fs::read_to_string(company.desk.path("kompel.toml")).unwrap();
    let stranger = config.replace("username = \"kompel\"", "username = \"stranger\"");
    assert_ne!(stranger, config);
    company.desk.write("kompel.toml", &stranger);
    company.approves(&run, "an", "I called him");
    let (state, story) = company.state(&run);
    assert_eq!((state.as_str(), mails(&company).len()), ("incomplete", 0), "{story}");
    let output = &story["ending"]["output"];
    assert_eq!(output["turn"], "service desk");
    let password = key.opens(output["sealed"].as_str().unwrap());
    nobody_else_reads(&company, &run, &password);
    assert!(company.ad.bind(&principal, &password).unwrap_err().contains("data 773"));

    company.desk.write("kompel.toml", &config);
    let run = company.starts("password-reset", &input);
    company.approves(&run, "an", "I called him");
    assert_eq!(company.state(&run).0, "completed", "{}", company.run(&["show", &run]).out);

    let told = mails(&company);
    let [(desk, sealed), (jan, warning)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((desk.as_str(), jan), (DESK, &principal));
    assert!(warning.contains("was reset"), "{warning}");
    let password = key.opens(sealed);
    assert!(company.ad.bind(&principal, PASSWORD).unwrap_err().contains("data 52e"));
    nobody_else_reads(&company, &run, &password);
    must_be_changed(&company, JAN, &password);
    company.others_are_in();

    // An administrator's is not reset this way.
    let admin = json!({
        "person": "jan", "account": "Administrator", "desk": DESK, "sealFor": key.public,
    });
    company.desk.write("input.json", &admin.to_string());
    let ended = company.run(&["run", "password-reset", "--input", "input.json", "--as", "jan"]);
    assert_eq!(ended.code, 10, "{}{}", ended.out, ended.err);
    assert_eq!(
        company.ad.bind(kompel_peers::SambaAd::ADMIN, kompel_peers::SambaAd::PASSWORD),
        Ok(())
    );
    assert_eq!(company.run(&["audit", "verify"]).code, 0);
}

#[test]
fn access_by_a_group_takes_two_yeses_and_is_given_once() {
    let Some(company) = Company::start(&["access-request-ad"]) else { return };
    let before = company.entry(JAN);
    let input = json!({
        "person": "jan", "account": JAN, "group": "Sales", "reason": "stands in for Piet",
    });
    let run = company.starts("access-request-ad", &input);
    company.approves(&run, "an", "agreed");
    assert_eq!(company.entry(JAN), before, "one yes is not enough");
    company.approves(&run, "xander", "no conflict of duties");
    assert_eq!(company.state(&run).0, "completed", "{}", company.run(&["show", &run]).out);
    let after = company.entry(JAN);
    let joined = format!("memberOf: CN=Sales,{STAFF}");
    let kept: Vec<_> = after.lines().filter(|line| *line != joined).collect();
    assert!(after.contains(&joined) && kept.join("\n") == before, "{after}");

    let again = company.run(&["run", "access-request-ad", "--input", "input.json", "--as", "jan"]);
    assert!(
        again.code == 0 && again.out.contains("nobody was asked"),
        "{}{}",
        again.out,
        again.err
    );
    assert_eq!(company.entry(JAN), after);
    company.others_are_in();
}
