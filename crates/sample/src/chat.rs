//! Chat: cases that live in chat only, chat about tickets, and chatter.

use chrono::{Duration, NaiveDateTime};

use crate::{
    calendar::after_office_minutes,
    catalogue::{Manner, Wording},
    dice::Dice,
    plan::in_gap,
    record::{Marks, Message, Story, Who},
    story::Setting,
    text::Scene,
};

/// A case of a chat-only process: an ask with its approval, or a report; a thread or one message.
pub(crate) fn case(setting: &Setting, index: usize, p: usize, dice: &mut Dice) -> Story {
    let case = setting.plan.cases[index];
    let process = &setting.book.process[p];
    let rates = setting.plan.rates[p];
    let mut scene = setting.scene(case, dice);
    scene.approver = setting.cast.decider(scene.client, crate::catalogue::Role::Lead, dice);
    let dutch = dice.chance(rates.dutch);
    let (words, manner) =
        if dutch { (&process.nl, &setting.book.nl) } else { (&process.en, &setting.book.en) };
    let mut marks =
        Marks { dutch, touch_minutes: dice.between(process.touch) as f32, ..Marks::default() };
    let mut thread = Thread::new(index, &process.channel, case.at);
    if dice.chance(rates.waiting) {
        asked(&mut thread, &mut scene, words, manner, &mut marks, dice);
    } else {
        thread.say(&mut scene, &words.report, dice);
        if dice.chance(0.4) {
            thread.pass(25.0, dice);
            thread.say_as(other(setting, &scene, dice), &mut scene, &manner.chat_thanks, dice);
        }
    }
    if dice.chance(rates.copy) {
        thread.pass(10.0, dice);
        thread.say(&mut scene, &manner.copy, dice);
        marks.copy = true;
    }
    if dice.chance(rates.rework) {
        thread.pass(40.0, dice);
        thread.say(&mut scene, &manner.chat_wrong, dice);
        marks.rework = true;
    }
    marks.systems = scene.systems;
    marks.messages = thread.messages.len() as u8;
    Story { ticket: None, messages: thread.messages, marks }
}

fn asked(
    thread: &mut Thread,
    scene: &mut Scene<'_>,
    words: &Wording,
    manner: &Manner,
    marks: &mut Marks,
    dice: &mut Dice,
) {
    let from = thread.now;
    thread.say(scene, &words.chat, dice);
    thread.pass(95.0, dice);
    if dice.chance(0.55) {
        let emoji = ["white_check_mark", "+1", "thumbsup", "heavy_check_mark"][dice.below(4)];
        thread.messages[0].reactions.push((emoji, vec![scene.approver]));
    } else {
        thread.say_as(scene.approver, scene, &manner.chat_ok, dice);
    }
    marks.waiting = true;
    marks.wait_hours = ((thread.now - from).num_minutes() as f32) / 60.0;
    thread.pass(20.0, dice);
    thread.say(scene, &words.reply, dice);
}

/// Chat about a ticket: it asks for it beforehand, or tells of it, with or without the key.
pub(crate) fn about(setting: &Setting, index: usize, p: usize, story: &mut Story, dice: &mut Dice) {
    let case = setting.plan.cases[index];
    if in_gap(case.at.date(), setting.plan.gap) {
        return;
    }
    let process = &setting.book.process[p];
    let mut scene = setting.scene(case, dice);
    if let Some(ticket) = &story.ticket {
        scene.requester = ticket.reporter;
        scene.engineer = ticket.assignee.unwrap_or(scene.engineer);
    }
    let (words, manner) = if story.marks.dutch {
        (&process.nl, &setting.book.nl)
    } else {
        (&process.en, &setting.book.en)
    };
    let before = dice.chance(0.6);
    let shift = Duration::minutes(dice.whole(3, 35));
    let start = if before { case.at - shift } else { case.at + shift };
    let mut thread = Thread::new(index, &process.channel, start);
    let asker = other(setting, &scene, dice);
    thread.say_as(asker, &mut scene, &words.chat, dice);
    if dice.chance(0.45) {
        let tail = scene.say(dice.pick(&manner.chat_key), dice);
        let root = &mut thread.messages[0];
        root.text.push(' ');
        root.text.push_str(&tail);
        root.link = dice.chance(0.4).then(|| scene.key.clone());
    }
    if dice.chance(0.7) {
        thread.pass(15.0, dice);
        thread.say(&mut scene, &manner.chat_yes, dice);
        if dice.chance(0.5) {
            thread.pass(60.0, dice);
            thread.say(
                &mut scene,
                if words.reply.is_empty() { &manner.chat_ok } else { &words.reply },
                dice,
            );
        }
        if dice.chance(0.3) {
            thread.pass(10.0, dice);
            thread.say_as(asker, &mut scene, &manner.chat_thanks, dice);
        }
    }
    story.marks.systems |= scene.systems;
    story.marks.messages = thread.messages.len() as u8;
    story.messages = thread.messages;
}

/// Chat of no process.
pub(crate) fn chatter(setting: &Setting, index: usize, dice: &mut Dice) -> Story {
    let case = setting.plan.cases[index];
    let mut scene = setting.scene(case, dice);
    let noise = &setting.book.noise;
    if dice.chance(0.12) {
        let mut thread = Thread::new(index, "alerts", case.at);
        thread.say_as(setting.cast.robots.start, &mut scene, &noise.bot, dice);
        return told(thread);
    }
    let words = if dice.chance(0.65) { &noise.nl } else { &noise.en };
    let channels = ["general", "random", "servicedesk", "soc", "cloud-ops"];
    let mut thread = Thread::new(index, channels[dice.below(channels.len())], case.at);
    if dice.chance(0.02) {
        thread.push(scene.engineer, "has joined the channel".to_owned());
        thread.messages[0].joined = true;
        return told(thread);
    }
    let thing = dice.pick(&words.thing).to_owned();
    let template = dice.pick(&words.chat).replace("{t}", &thing);
    let text = scene.say(&template, dice);
    thread.push(scene.engineer, text);
    for _ in 0..dice.below(4) {
        thread.pass(12.0, dice);
        let by = other(setting, &scene, dice);
        thread.say_as(by, &mut scene, &words.chat_reply, dice);
    }
    if dice.chance(0.15) {
        let by = other(setting, &scene, dice);
        thread.messages[0]
            .reactions
            .push((["joy", "+1", "tada", "eyes", "pray"][dice.below(5)], vec![by]));
    }
    told(thread)
}

fn told(thread: Thread) -> Story {
    let marks = Marks { messages: thread.messages.len() as u8, ..Marks::default() };
    Story { ticket: None, messages: thread.messages, marks }
}

fn other(setting: &Setting, scene: &Scene<'_>, dice: &mut Dice) -> Who {
    let staff = &setting.cast.staff;
    let who = staff.start + dice.below(staff.len());
    if who == scene.engineer { staff.start + (who + 1) % staff.len() } else { who }
}

/// A thread while it grows.
struct Thread {
    channel: String,
    now: NaiveDateTime,
    micros: u32,
    messages: Vec<Message>,
}

impl Thread {
    fn new(index: usize, channel: &str, at: NaiveDateTime) -> Self {
        let micros = (index as u32 % 99_000) * 10 + 9;
        Self { channel: channel.to_owned(), now: at, micros, messages: Vec::new() }
    }

    fn pass(&mut self, mean_minutes: f64, dice: &mut Dice) {
        let minutes = (1.0 + dice.wait(mean_minutes)).min(1_000.0);
        self.now =
            after_office_minutes(self.now, minutes as i64) + Duration::seconds(dice.whole(1, 57));
    }

    fn say(&mut self, scene: &mut Scene<'_>, of: &[String], dice: &mut Dice) {
        self.say_as(scene.engineer, scene, of, dice);
    }

    fn say_as(&mut self, by: Who, scene: &mut Scene<'_>, of: &[String], dice: &mut Dice) {
        let template = dice.pick(of).to_owned();
        let mut text = scene.say(&template, dice);
        if dice.chance(0.2) {
            text = text.to_lowercase();
        }
        self.push(by, text);
        let root = self.messages[0].by;
        let message = self.messages.last_mut().expect("just pushed");
        message.edited = dice.chance(0.03);
        message.mention =
            (message.root.is_some() && root != by && dice.chance(0.12)).then_some(root);
    }

    fn push(&mut self, by: Who, text: String) {
        let root = (!self.messages.is_empty()).then_some(0);
        self.messages.push(Message {
            channel: self.channel.clone(),
            at: self.now,
            micros: self.micros + self.messages.len() as u32 % 10,
            by,
            text,
            root,
            reactions: Vec::new(),
            edited: false,
            mention: None,
            link: None,
            joined: false,
        });
    }
}
