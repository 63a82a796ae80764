//! How requests are worded: subjects, mails with signatures and quoted threads, forms, noise.
//!
//! Owns the request's text. What happens to the ticket afterwards is `story`'s.

use crate::{
    catalogue::{Manner, NoiseWords, Process, Wording},
    dice::Dice,
    text::Scene,
};

/// The subject of a request.
pub(crate) fn subject(
    scene: &mut Scene<'_>,
    words: &Wording,
    manner: &Manner,
    mail: bool,
    dice: &mut Dice,
) -> String {
    let mut text = scene.say(dice.pick(&words.title), dice);
    decorate(scene, manner, mail, dice, &mut text);
    text
}

/// Prefixes, urgency and carelessness that any subject may get.
fn decorate(
    scene: &mut Scene<'_>,
    manner: &Manner,
    mail: bool,
    dice: &mut Dice,
    text: &mut String,
) {
    if dice.chance(0.08) {
        *text = text.to_lowercase();
    } else if dice.chance(0.01) {
        *text = text.to_uppercase();
    }
    if dice.chance(0.07) {
        text.push(' ');
        text.push_str(dice.pick(&manner.urge));
    }
    if dice.chance(0.18) {
        let client = &scene.cast.clients[scene.client].name;
        *text = format!("[{client}] {text}");
    }
    if mail && dice.chance(0.3) {
        text.insert_str(0, dice.pick(&manner.prefix));
    }
}

/// The description of a request.
pub(crate) fn body(
    scene: &mut Scene<'_>,
    p: &Process,
    words: &Wording,
    manner: &Manner,
    mail: bool,
    dice: &mut Dice,
) -> String {
    if !mail && !words.form.is_empty() && dice.chance(0.35) {
        return scene.say(dice.pick(&words.form), dice);
    }
    if words.body.is_empty() || (!mail && dice.chance(0.06)) {
        return String::new();
    }
    let core = scene.say(dice.pick(&words.body), dice);
    let old = (mail && dice.chance(0.15)).then(|| dice.pick(&words.body).to_owned());
    let quoted = old.map(|o| scene.say(&o, dice));
    let human = p.decoy != Some(crate::catalogue::Decoy::PollingRobot);
    if human { letter(scene, manner, &core, mail, quoted, dice) } else { core }
}

/// A request with greeting, closing and, in mails, signature and quoted thread.
fn letter(
    scene: &mut Scene<'_>,
    manner: &Manner,
    core: &str,
    mail: bool,
    quoted: Option<String>,
    dice: &mut Dice,
) -> String {
    let mut out = String::with_capacity(core.len() + 200);
    if mail || dice.chance(0.55) {
        scene.fill(dice.pick(&manner.greet), dice, &mut out);
        out.push_str("\n\n");
    }
    out.push_str(core);
    if dice.chance(0.2) {
        out.push(' ');
        scene.fill(dice.pick(&manner.urge), dice, &mut out);
    }
    if mail || dice.chance(0.4) {
        out.push_str("\n\n");
        scene.fill(dice.pick(&manner.bye), dice, &mut out);
        out.push('\n');
        out.push_str(&scene.cast.people[scene.requester].first);
    }
    if mail && dice.chance(0.7) {
        out.push('\n');
        signature(scene, manner, dice, &mut out);
    }
    if let Some(quoted) = quoted {
        quote(scene, &quoted, dice, &mut out);
    }
    out
}

fn signature(scene: &mut Scene<'_>, manner: &Manner, dice: &mut Dice, out: &mut String) {
    let person = &scene.cast.people[scene.requester];
    let (name, title, mail) = (person.name.clone(), person.title.clone(), person.mail.clone());
    out.push_str(&format!("\n--\n{name}\n{title}\n"));
    scene.fill(dice.pick(&manner.signature), dice, out);
    out.push_str(&format!("\n{mail}"));
}

fn quote(scene: &Scene<'_>, quoted: &str, dice: &mut Dice, out: &mut String) {
    let from = &scene.cast.people[scene.subject];
    let at = scene.at - chrono::Duration::hours(dice.whole(2, 60));
    let when = at.format("%d/%m/%Y %H:%M");
    if dice.chance(0.5) {
        out.push_str(&format!(
            "\n\nVan: {} <{}>\nVerzonden: {when}\nAan: Servicedesk\nOnderwerp: vraag\n\n{quoted}",
            from.name, from.mail
        ));
    } else {
        out.push_str(&format!("\n\nOn {when}, {} <{}> wrote:", from.name, from.mail));
        for line in quoted.lines() {
            out.push_str("\n> ");
            out.push_str(line);
        }
    }
}

/// Subject and description of a ticket of no process.
pub(crate) fn noise(
    scene: &mut Scene<'_>,
    words: &NoiseWords,
    manner: &Manner,
    mail: bool,
    dice: &mut Dice,
) -> (String, String) {
    if dice.chance(0.12) {
        let title = scene.say(dice.pick(&words.project), dice);
        let core = scene.say(dice.pick(&words.detail), dice);
        return (title, core);
    }
    let thing = dice.pick(&words.thing).to_owned();
    let trouble = dice.pick(&words.trouble).replace("{t}", &thing);
    let mut title = scene.say(&trouble, dice);
    decorate(scene, manner, mail, dice, &mut title);
    let again = dice.pick(&words.trouble).replace("{t}", &thing);
    let mut core = scene.say(&again, dice);
    for _ in 0..dice.below(3) {
        core.push_str(". ");
        scene.fill(dice.pick(&words.detail), dice, &mut core);
    }
    (title, letter(scene, manner, &core, mail, None, dice))
}
