use super::*;
use crate::*;
use std::collections::{BTreeMap, BTreeSet};
#[test]
#[ignore]
fn eval() {
    let dir = option_env!("EVAL").unwrap_or("/work/worlds/a1");
    let mut log: EventLog =
        serde_json::from_slice(&std::fs::read(format!("{dir}/log.json")).unwrap()).unwrap();
    log.sort();
    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(format!("{dir}/truth.json")).unwrap()).unwrap();
    let (lexicon, signs, systems) =
        (lexicon::Lexicon::builtin(), signs::Signs::builtin(), systems::Systems::builtin());
    let words = Words { lexicon: &lexicon, signs: &signs, systems: &systems, people: &log.people };
    let start = std::time::Instant::now();
    let knowledge = Knowledge::new(&log, &words, chrono_tz::Europe::Brussels);
    println!("windows {:?}", knowledge.windows());
    let mut threads: BTreeMap<String, Vec<&Message>> = BTreeMap::new();
    for m in &log.messages {
        let root = m.thread.as_ref().unwrap_or(&m.id.key);
        threads.entry(root.to_string()).or_default().push(m);
    }
    let tick: BTreeMap<&str, &Ticket> =
        log.tickets.iter().map(|t| (t.id.key.as_ref(), t)).collect();
    let key = regex::Regex::new(r"[A-Z]+-\d+").unwrap();
    for p in truth["processes"].as_array().unwrap() {
        let refs: BTreeSet<(&str, &str)> = p["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| (r["source"].as_str().unwrap(), r["ref"].as_str().unwrap()))
            .collect();
        let group = Group {
            tickets: log.tickets.iter().filter(|t| refs.contains(&("jira", &t.id.key))).collect(),
            threads: threads
                .values()
                .filter(|ms| ms.iter().any(|m| refs.contains(&("slack", &m.id.key))))
                .map(|ms| {
                    let mut ms = ms.clone();
                    ms.sort_by_key(|m| m.at);
                    let named = ms
                        .iter()
                        .flat_map(|m| {
                            key.find_iter(&m.text).filter_map(|k| tick.get(k.as_str()).copied())
                        })
                        .collect();
                    Thread { signs: signs.read(&ms[0].text), messages: ms, tickets: named }
                })
                .collect(),
            answers: log.answers.iter().filter(|a| refs.contains(&("survey", &a.id.key))).collect(),
        };
        let n = nature(&group, &knowledge);
        let f = describe(&group, &knowledge);
        let c = &p["criteria"];
        println!(
            "\n== {} tickets {} threads {} answers {} nature {:?}",
            p["id"].as_str().unwrap(),
            group.tickets.len(),
            group.threads.len(),
            group.answers.len(),
            n
        );
        println!(
            "  runs {} vs {}; per_year {:.1?} vs {}; weeks {:.3} vs {}",
            f.runs,
            p["runs"],
            f.rate.per_year,
            c["per_year"],
            f.rate.weeks_with_run as f64 / f.rate.weeks_observed.max(1) as f64,
            c["weeks_share"]
        );
        println!(
            "  waiting {:.3?} vs {}; copy {:.3?} vs {}; touched {:.3?} vs {} [{}]; hours {:?} vs {}; for {:?} vs {}; obs {}",
            f.human.waiting.share(),
            c["waiting_share"],
            f.human.copy_paste.share(),
            c["copy_paste_share"],
            f.human.touched.share(),
            c["touched_share"],
            c["human_factor"],
            f.human.waiting_hours_median,
            c["waiting_hours_median"],
            f.human.waits_for.iter().map(|w| format!("{} {}", w.who, w.runs)).collect::<Vec<_>>(),
            c["waits_for"],
            f.human.observable
        );
        println!(
            "  rework {:.3?} vs {} [{}]; reopened {} corrected {} escalated {} ; obs {}",
            f.errors.rework.share(),
            c["rework_share"],
            c["errors"],
            f.errors.reopened.count,
            f.errors.corrected.count,
            f.errors.escalated.count,
            f.errors.observable
        );
        println!(
            "  effort {:?} {:?} n={} redo {:?} elapsed {:?}",
            f.effort.basis,
            f.effort.touch_minutes,
            f.effort.samples,
            f.effort.redo_minutes,
            f.effort.elapsed_hours_median
        );
        println!(
            "  systems {:?} {:?} vs {}",
            f.systems.ticket.as_ref().map(|s| (&s.name, s.seen.count)),
            f.systems
                .others
                .iter()
                .map(|s| format!("{} {}", s.name, s.seen.count))
                .collect::<Vec<_>>(),
            c["system_names"]
        );
        println!(
            "  triggers {:?}",
            f.triggers
                .iter()
                .map(|t| format!("{:?} {} {:?}", t.kind, t.seen.count, t.detail))
                .collect::<Vec<_>>()
        );
        println!(
            "  inputs {:?}",
            f.inputs.iter().map(|t| format!("{:?} {}", t.kind, t.seen.count)).collect::<Vec<_>>()
        );
        for s in &f.steps {
            println!(
                "  step {}/{} w={} {:?} {}",
                s.seen.count, s.seen.of, s.waiting, s.systems, s.text.text
            );
        }
        for q in f.human.quotes.iter().chain(&f.errors.quotes) {
            println!("  q {}: {}", q.of.key, q.text);
        }
        println!(
            "  chat asks {} reports {} of {}",
            f.chat.asks.count, f.chat.reports.count, f.chat.asks.of
        );
    }
    println!("took {:?}", start.elapsed());
}
