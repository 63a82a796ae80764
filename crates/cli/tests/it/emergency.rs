//! Somebody must be locked out now, and is given back what they had: the real binary, and a company
//! of real servers that are asked by their own tools what came of it.

use std::fs;

use serde_json::{Value, json};

use crate::{
    company::{Company, JAN},
    desk::Acme as _,
};

fn person() -> Value {
    json!({"mails": [format!("{JAN}@corp.test")]})
}

#[test]
fn one_yes_locks_jan_out_everywhere_and_another_gives_back_exactly_that() {
    let Some(company) = Company::start(&["emergency-block", "emergency-unblock"]) else { return };
    company.jan_is_in();
    let before = company.entry(JAN);
    let sessions = company.jan_dials_in();
    let block = json!({"person": person(), "reason": "laptop stolen"});
    let run = company.starts("emergency-block", &block);
    assert_eq!(company.entry(JAN), before, "nothing before the yes");

    company.approves(&run, "xander", "go");
    // Petra has not answered yet, and needs not for this.
    company.jan_is_out(sessions);
    company.others_are_in();
    assert_eq!(company.state(&run).0, "waiting");
    company.approves(&run, "petra", "screenshot PAY-7");
    let (state, story) = company.state(&run);
    assert_eq!(state, "completed", "{}", company.run(&["show", &run]).out);
    let accounts = &story["ending"]["output"]["accounts"];
    assert_eq!(accounts.as_array().unwrap().len(), 6, "{story}");

    let back = json!({"person": person(), "reason": "found again", "accounts": accounts});
    let run = company.starts("emergency-unblock", &back);
    company.approves(&run, "xander", "it was in the car");
    let (state, _) = company.state(&run);
    assert_eq!(state, "completed", "{}", company.run(&["show", &run]).out);
    company.jan_is_in();
    company.others_are_in();
    assert_eq!(company.entry(JAN), before, "groups, password and state are what they were");
    assert_eq!(company.run(&["audit", "verify"]).code, 0);
}

#[test]
fn what_does_not_answer_is_told_at_once_and_leaves_the_run_incomplete() {
    let Some(company) = Company::start(&["emergency-block", "emergency-unblock"]) else { return };
    let config = fs::read_to_string(company.desk.path("kompel.toml")).unwrap();
    let gone = "[tenant.acme.connection.gone]\nconnector = \"scim\"\n\
                url = \"http://127.0.0.1:9/v2\"\ntoken = \"secret://saas\"\n";
    company.desk.write("kompel.toml", &format!("{config}{gone}"));
    let sessions = company.jan_dials_in();
    let block = json!({"person": person(), "reason": "laptop stolen"});
    let run = company.starts("emergency-block", &block);
    company.approves(&run, "xander", "go");
    company.jan_is_out(sessions);
    let asked = company.run(&["show", &run]).out;
    assert!(asked.contains("STILL OPEN of jdoe@corp.test: gone: no answer"), "{asked}");

    // Nobody of those who are asked can do it.
    let refuses = |person: &str| {
        let [id] = &company.asked(&run, person)[..] else { panic!("{person} is asked once") };
        let said = company.run(&["reject", id, "--as", person, "--why", "can't reach it"]);
        assert!([0, 11, 13].contains(&said.code), "{}{}", said.out, said.err);
    };
    refuses("petra");
    let [first, second] = &company.asked(&run, "xander")[..] else { panic!("two questions") };
    for id in [first, second] {
        company.run(&["reject", id, "--as", "xander", "--why", "can't reach it"]);
    }
    let (state, story) = company.state(&run);
    let told = company.run(&["show", &run]).out;
    assert_eq!(state, "incomplete", "{told}");
    let open = story["ending"]["output"]["open"].as_str().unwrap();
    assert!(open.starts_with("gone: no answer"), "{open}");
    assert!(open.ends_with("Payroll: nobody confirmed to have closed it"), "{open}");
    assert_eq!(story["ending"]["output"]["turn"], "security");
    assert!(told.contains(open), "{told}");

    company.desk.write("kompel.toml", &config);
    let run = company.starts("emergency-block", &block);
    company.approves(&run, "xander", "again, all answer");
    company.approves(&run, "petra", "screenshot PAY-8");
    assert_eq!(company.state(&run).0, "completed", "{}", company.run(&["show", &run]).out);
}

#[test]
fn a_mistaken_offboarding_is_taken_back_with_its_groups_and_no_longer_looked_at() {
    let playbooks = ["offboarding", "offboarding-recheck", "emergency-unblock"];
    let Some(company) = Company::start(&playbooks) else { return };
    let before = company.entry(JAN);
    let sessions = company.jan_dials_in();
    let run = company.starts("offboarding", &json!({"person": person()}));
    company.approves(&run, "xander", "agreed with HR");
    company.approves(&run, "xander", "no mailbox there");
    company.approves(&run, "petra", "screenshot PAY-9");
    assert_eq!(company.state(&run).0, "completed", "{}", company.run(&["show", &run]).out);
    company.jan_is_out(sessions);
    assert_ne!(company.entry(JAN), before, "the groups are left too");
    let recheck = company.runs("offboarding-recheck").remove(0);
    assert_eq!(company.state(&recheck).0, "waiting");

    // As the README says, with the groups that the plan of the offboarding names.
    let report = company.json(&["leavers", "report", &run]);
    let accounts = report["accounts"].as_array().unwrap().iter();
    let accounts = accounts.filter(|account| account["before"]["enabled"] == true).map(|account| {
        let groups = if account["connection"] == "corp" { json!(["VPN"]) } else { json!([]) };
        json!({"connection": account["connection"], "id": account["id"], "groups": groups})
    });
    let accounts: Vec<Value> = accounts.collect();
    assert_eq!(accounts.len(), 6, "{report}");
    let back = json!({"person": person(), "reason": "wrong Jan", "accounts": accounts});
    let back = company.starts("emergency-unblock", &back);
    company.approves(&back, "xander", "HR meant another");
    assert_eq!(company.state(&back).0, "completed", "{}", company.run(&["show", &back]).out);
    company.jan_is_in();
    company.others_are_in();
    assert_eq!(company.entry(JAN), before, "groups, password and state are what they were");
    let (state, story) = company.state(&recheck);
    let says = story["ending"]["output"]["says"].as_str().unwrap();
    assert!(state == "completed" && says.contains("were given back"), "{story}");
    assert_eq!(company.json(&["leavers"])["leavers"][0]["taken_back"], true);
}
