//! What happens in a ticket: asking, waiting, working, copying, handing over, going wrong, closing.
//!
//! Owns the course of a ticket and the marks of what its records show. Chat is `chat`'s.

use chrono::{Duration, NaiveDateTime};

use crate::{
    calendar::after_office_minutes,
    catalogue::{Book, Decoy, Kind, Manner, Process, Wording},
    dice::Dice,
    people::Cast,
    plan::{Case, Plan, What},
    record::{Change, Marks, Said, Story, Ticket, Who, Work},
    request,
    text::Scene,
};

/// What every story needs.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub book: Book,
    pub cast: Cast,
    pub plan: Plan,
}

impl Setting {
    /// Writes one case. The same case gives the same text each time.
    pub(crate) fn tell(&self, index: usize) -> Story {
        let case = self.plan.cases[index];
        let mut dice = Dice::new(case.seed);
        match case.what {
            What::Chatter => crate::chat::chatter(self, index, &mut dice),
            What::Noise => self.noise(case, &mut dice),
            What::Process(p) if self.book.process[usize::from(p)].kind == Kind::Chat => {
                crate::chat::case(self, index, usize::from(p), &mut dice)
            }
            What::Process(p) => self.ticket(index, usize::from(p), &mut dice),
        }
    }

    /// The people and things a case speaks of.
    pub(crate) fn scene(&self, case: Case, dice: &mut Dice) -> Scene<'_> {
        let client = usize::from(case.client);
        let people = self.cast.clients[client].people.clone();
        let person = |dice: &mut Dice| people.start + dice.below(people.len());
        let requester =
            if dice.chance(0.4) { people.start + 1 + dice.below(5) } else { person(dice) };
        Scene {
            book: &self.book,
            cast: &self.cast,
            seed: case.seed,
            at: case.at,
            client,
            requester,
            subject: person(dice),
            approver: people.start + 1,
            engineer: self.cast.staff.start + dice.below(self.cast.staff.len()),
            key: self.key(case),
            systems: 0,
        }
    }

    pub(crate) fn key(&self, case: Case) -> String {
        format!("{}-{}", self.book.projects[usize::from(case.project)][0], case.number)
    }

    fn noise(&self, case: Case, dice: &mut Dice) -> Story {
        let mut scene = self.scene(case, dice);
        let dutch = dice.chance(0.6);
        let (words, manner) = if dutch {
            (&self.book.noise.nl, &self.book.nl)
        } else {
            (&self.book.noise.en, &self.book.en)
        };
        let mail = dice.chance(0.4);
        let (summary, description) = request::noise(&mut scene, words, manner, mail, dice);
        let ticket = self.opened(case, &scene, summary, description, mail);
        let mut flow = Flow::new(scene, ticket, dice);
        flow.ticket.issue_type =
            ["Service Request", "Incident", "Task", "Support"][flow.dice.below(4)].to_owned();
        flow.acknowledge(manner, mail);
        flow.after(240.0);
        if flow.dice.chance(0.35) {
            flow.comment(Voice::Staff, &words.look);
        }
        if flow.dice.chance(0.15) {
            flow.comment(Voice::Staff, &manner.ask);
            flow.after(300.0);
            flow.comment(Voice::Requester, &manner.reply);
        }
        if flow.dice.chance(0.06) {
            flow.wait(manner, 0.5);
        }
        flow.after(300.0);
        let text = format!("{} {}", flow.dice.pick(&words.cause), flow.dice.pick(&words.cure));
        flow.comment_text(Voice::Staff, &text);
        if flow.dice.chance(0.3) {
            flow.log([5.0, 120.0], "");
        }
        flow.close();
        if flow.dice.chance(0.03) {
            flow.redo(manner, &words.cure);
        }
        flow.end(dutch)
    }

    fn ticket(&self, index: usize, p: usize, dice: &mut Dice) -> Story {
        let case = self.plan.cases[index];
        let process = &self.book.process[p];
        let rates = self.plan.rates[p];
        let mut scene = self.scene(case, dice);
        scene.approver = self.cast.decider(scene.client, process.waits_for, dice);
        let dutch = dice.chance(rates.dutch);
        let mail = dice.chance(process.mail);
        let (words, manner) = self.tongue(process, dutch);
        let summary = request::subject(&mut scene, words, manner, mail, dice);
        let other = dice.chance(0.04);
        let (body_words, body_manner) = self.tongue(process, dutch != other);
        let description = request::body(&mut scene, process, body_words, body_manner, mail, dice);
        let mut ticket = self.opened(case, &scene, summary, description, mail);
        self.dress(process, &mut scene, &mut ticket, dice);
        let mut flow = Flow::new(scene, ticket, dice);
        match process.decoy {
            Some(Decoy::PollingRobot) => flow.robot(words, &self.cast),
            Some(Decoy::BulkImport) => flow.imported(words, manner, &self.cast),
            Some(Decoy::Junk) => flow.junk(words),
            _ => self.worked(&mut flow, process, rates, dutch, mail),
        }
        let mut story = flow.end(dutch);
        if process.chat > 0.0 && dice.chance(process.chat) {
            crate::chat::about(self, index, p, &mut story, dice);
        }
        story
    }

    /// A ticket that people work on.
    fn worked(
        &self,
        flow: &mut Flow<'_, '_>,
        p: &Process,
        rates: crate::plan::Rates,
        dutch: bool,
        mail: bool,
    ) {
        let requester = self.tongue(p, dutch);
        let native = flow.dice.chance(if dutch { 0.85 } else { 0.3 });
        let (words, manner) = self.tongue(p, native);
        flow.acknowledge(requester.1, mail);
        flow.after(45.0);
        if flow.dice.chance(0.12) {
            flow.comment(Voice::Staff, &manner.ask);
            flow.after(120.0);
            flow.comment(Voice::Requester, &requester.1.reply);
        }
        if flow.dice.chance(p.handover) {
            flow.hand_over(manner, &self.cast);
        }
        if flow.dice.chance(rates.waiting) {
            flow.wait(manner, 1.0);
        }
        if flow.ticket.status == "Waiting for approval" {
            return;
        }
        flow.after(60.0);
        let copies = flow.dice.chance(rates.copy);
        flow.work(words, manner, copies);
        if flow.dice.chance(p.escalated) {
            flow.comment(Voice::Staff, &manner.escalate);
            flow.marks.escalated = true;
        }
        if flow.dice.chance(0.025) && p.decoy.is_none() {
            flow.comment(Voice::Staff, &manner.cancel);
            flow.ticket.resolution = "Won't Do";
            return flow.close();
        }
        flow.after(30.0);
        flow.resolve(words, manner, p.manual);
        let logs = flow.dice.chance(p.logged);
        flow.spend(p.touch, logs, words);
        flow.close();
        if flow.dice.chance(rates.rework) {
            flow.redo(manner, &words.done);
        } else if flow.dice.chance(0.1) {
            flow.after(60.0);
            flow.comment(Voice::Requester, &requester.1.thanks);
        } else if flow.dice.chance(0.03) {
            flow.comment(Voice::Requester, &requester.1.away);
        }
    }

    fn tongue<'a>(&'a self, p: &'a Process, dutch: bool) -> (&'a Wording, &'a Manner) {
        if dutch { (&p.nl, &self.book.nl) } else { (&p.en, &self.book.en) }
    }

    fn opened(
        &self,
        case: Case,
        scene: &Scene<'_>,
        summary: String,
        description: String,
        mail: bool,
    ) -> Ticket {
        let mailbox = self.cast.robots.end - 1;
        Ticket {
            key: scene.key.clone(),
            project: usize::from(case.project),
            number: case.number,
            summary,
            description,
            issue_type: "Service Request".to_owned(),
            request_type: String::new(),
            status: "Open",
            priority: "Medium",
            resolution: "",
            reporter: scene.requester,
            creator: if mail { mailbox } else { scene.requester },
            assignee: None,
            client: scene.client,
            created: case.at,
            updated: case.at,
            resolved: None,
            labels: Vec::new(),
            components: Vec::new(),
            approver: None,
            comments: Vec::new(),
            work: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Type, components, labels, and the calendar's or the desk's hand in making the ticket.
    fn dress(&self, p: &Process, scene: &mut Scene<'_>, ticket: &mut Ticket, dice: &mut Dice) {
        use crate::catalogue::Rhythm;
        if !p.issue_type.is_empty() {
            ticket.issue_type = dice.pick(&p.issue_type).to_owned();
        }
        if dice.chance(0.7) {
            ticket.request_type.clone_from(&p.request_type);
        }
        for id in &p.components {
            if dice.chance(0.45) {
                let index = self.book.systems.keys().position(|key| key == id);
                scene.systems |= index.map_or(0, |i| 1 << i);
                ticket.components.push(self.book.systems[id][0].clone());
            }
        }
        for label in &p.labels {
            if dice.chance(0.3) {
                ticket.labels.push(label.clone());
            }
        }
        ticket.priority = ["Low", "Medium", "Medium", "Medium", "High"][dice.below(5)];
        if matches!(p.rhythm, Rhythm::Monthly | Rhythm::Weekly | Rhythm::Quarterly) {
            ticket.creator = self.cast.robots.start + 2;
            ticket.reporter = ticket.creator;
        }
    }
}

/// Who speaks.
#[derive(Debug, Clone, Copy)]
enum Voice {
    Staff,
    Requester,
    Approver,
}

/// A ticket while it runs.
struct Flow<'a, 'd> {
    scene: Scene<'a>,
    ticket: Ticket,
    marks: Marks,
    now: NaiveDateTime,
    dice: &'d mut Dice,
}

impl<'a, 'd> Flow<'a, 'd> {
    fn new(scene: Scene<'a>, ticket: Ticket, dice: &'d mut Dice) -> Self {
        let now = ticket.created;
        Self { scene, ticket, marks: Marks::default(), now, dice }
    }

    /// Lets office time pass, this many minutes on average.
    fn after(&mut self, mean_minutes: f64) {
        let minutes = 2.0 + self.dice.wait(mean_minutes);
        self.now = after_office_minutes(self.now, minutes as i64)
            + Duration::seconds(self.dice.whole(1, 58));
    }

    fn comment(&mut self, voice: Voice, of: &[String]) {
        if let Some(template) = (!of.is_empty()).then(|| self.dice.pick(of).to_owned()) {
            self.comment_text(voice, &template);
        }
    }

    fn comment_text(&mut self, voice: Voice, template: &str) {
        let by = match voice {
            Voice::Staff => self.scene.engineer,
            Voice::Requester if self.scene.cast.people[self.ticket.reporter].robot => {
                self.scene.approver
            }
            Voice::Requester => self.ticket.reporter,
            Voice::Approver => self.scene.approver,
        };
        let text = self.scene.say(template, self.dice);
        self.ticket.comments.push(Said { at: self.now, by, text });
    }

    fn status(&mut self, to: &'static str) {
        let from = std::mem::replace(&mut self.ticket.status, to);
        let by = self.scene.engineer;
        self.change(by, "status", from.to_owned(), to.to_owned());
    }

    fn change(&mut self, by: Who, field: &'static str, from: String, to: String) {
        self.ticket.changes.push(Change { at: self.now, by, field, from, to });
    }

    fn acknowledge(&mut self, manner: &Manner, mail: bool) {
        if mail && self.dice.chance(0.5) {
            self.now += Duration::seconds(20);
            let text = self.scene.say(self.dice.pick(&manner.ack), self.dice);
            let by = self.ticket.creator;
            self.ticket.comments.push(Said { at: self.now, by, text });
        }
        self.after(40.0);
        self.take();
    }

    fn take(&mut self) {
        let by = self.scene.engineer;
        let from = self
            .ticket
            .assignee
            .map_or(String::new(), |who| self.scene.cast.people[who].name.clone());
        self.ticket.assignee = Some(by);
        let to = self.scene.cast.people[by].name.clone();
        self.change(by, "assignee", from, to);
        self.status("In Progress");
    }

    fn hand_over(&mut self, manner: &Manner, cast: &Cast) {
        let first = self.scene.engineer;
        self.comment(Voice::Staff, &manner.handover);
        self.after(60.0);
        self.scene.engineer = cast.staff.start + self.dice.below(cast.staff.len());
        self.take();
        if self.dice.chance(0.3) {
            self.comment(Voice::Staff, &manner.handback);
            self.after(60.0);
            self.scene.engineer = first;
            self.take();
        }
    }

    /// Waits for an approval or an answer; `certain` is the chance that a comment says so.
    fn wait(&mut self, manner: &Manner, certain: f64) {
        let from = self.now;
        self.status("Waiting for approval");
        if self.dice.chance(certain) {
            self.comment(Voice::Staff, &manner.wait);
        }
        self.marks.waiting = true;
        if self.dice.chance(0.5) {
            self.ticket.approver = Some(self.scene.approver);
        }
        let end = crate::calendar::window().1.and_time(crate::calendar::clock(18, 0));
        self.after(560.0);
        if self.dice.chance(0.2) {
            self.comment(Voice::Staff, &manner.nudge);
            self.after(300.0);
        }
        if self.now > end {
            self.now = from;
            return;
        }
        if self.dice.chance(0.85) {
            let voice = if self.dice.chance(0.75) { Voice::Approver } else { Voice::Staff };
            self.comment(voice, &manner.approve);
        }
        self.marks.wait_hours = ((self.now - from).num_minutes() as f32) / 60.0;
        self.status("In Progress");
    }

    fn work(&mut self, words: &Wording, manner: &Manner, copies: bool) {
        let rounds = 1 + usize::from(self.dice.chance(0.35));
        for _ in 0..rounds {
            self.comment(Voice::Staff, &words.work);
            self.after(25.0);
        }
        if copies {
            self.comment(Voice::Staff, &manner.copy);
            self.marks.copy = true;
        }
    }

    fn resolve(&mut self, words: &Wording, manner: &Manner, manual: f64) {
        if self.dice.chance(manual) {
            self.comment(Voice::Staff, &manner.manual);
            self.marks.manual = true;
        } else {
            let mut text = self.dice.pick(&words.done).to_owned();
            if self.dice.chance(0.25) {
                text.push(' ');
                text.push_str(self.dice.pick(&manner.closing));
            }
            self.comment_text(Voice::Staff, &text);
        }
        self.ticket.resolution = "Done";
    }

    fn spend(&mut self, touch: [f64; 2], logs: bool, words: &Wording) {
        let minutes = self.dice.between(touch).max(1.0);
        self.marks.touch_minutes = minutes as f32;
        if logs {
            let text = if self.dice.chance(0.3) {
                self.dice.pick(&words.done).to_owned()
            } else {
                String::new()
            };
            self.log([minutes, minutes], &text);
        }
    }

    fn log(&mut self, minutes: [f64; 2], text: &str) {
        let minutes = self.dice.between(minutes);
        // People log in steps of five minutes.
        let seconds = ((minutes / 5.0).round().max(1.0) * 300.0) as u32;
        let text = self.scene.say(text, self.dice);
        self.ticket.work.push(Work { at: self.now, by: self.scene.engineer, seconds, text });
    }

    fn close(&mut self) {
        let to = if self.dice.chance(0.6) { "Resolved" } else { "Closed" };
        self.status(to);
        if self.ticket.resolution.is_empty() {
            self.ticket.resolution = "Done";
        }
        self.ticket.resolved = Some(self.now);
    }

    /// It went wrong: reopened by the requester, or corrected by the engineer.
    fn redo(&mut self, manner: &Manner, done: &[String]) {
        self.marks.rework = true;
        self.after(400.0);
        if self.dice.chance(0.6) {
            self.comment(Voice::Requester, &manner.reopen);
            self.status("Reopened");
            self.after(90.0);
            self.comment(Voice::Staff, &manner.again);
            if self.dice.chance(0.4) {
                self.comment(Voice::Staff, done);
            }
        } else {
            self.comment(Voice::Staff, &manner.correct);
        }
        if self.dice.chance(0.4) {
            self.log([5.0, 25.0], "");
        }
        self.close();
    }

    fn robot(&mut self, words: &Wording, cast: &Cast) {
        let robot = cast.robots.start;
        self.scene.engineer = robot;
        (self.ticket.reporter, self.ticket.creator) = (robot, robot);
        self.now += Duration::seconds(60 + self.dice.wait(900.0) as i64);
        self.comment(Voice::Staff, &words.done);
        self.close();
    }

    fn imported(&mut self, words: &Wording, manner: &Manner, cast: &Cast) {
        let robot = cast.robots.start + 1;
        self.ticket.creator = robot;
        if self.dice.chance(0.5) {
            self.ticket.reporter = robot;
        }
        for list in [&words.work, &words.done] {
            self.ticket.description.push_str("\n\n");
            let text = self.scene.say(self.dice.pick(list), self.dice);
            self.ticket.description.push_str(&text);
        }
        if self.dice.chance(0.3) {
            self.ticket.description.push('\n');
            let text = self.scene.say(self.dice.pick(&manner.wait), self.dice);
            self.ticket.description.push_str(&text);
            self.marks.waiting = true;
        }
        self.ticket.labels.push("migration".to_owned());
        self.scene.engineer = robot;
        self.close();
    }

    fn junk(&mut self, words: &Wording) {
        self.after(200.0);
        if self.dice.chance(0.4) {
            self.comment(Voice::Staff, &words.done);
        }
        self.ticket.resolution = "Won't Do";
        self.close();
    }

    fn end(mut self, dutch: bool) -> Story {
        let end = crate::calendar::next_day(crate::calendar::window().1)
            .and_time(crate::calendar::clock(0, 0));
        let last = self
            .ticket
            .comments
            .iter()
            .map(|c| c.at)
            .chain(self.ticket.changes.iter().map(|c| c.at))
            .max();
        if last.is_some_and(|at| at >= end) {
            self.cut(end);
        }
        let dates = self
            .ticket
            .comments
            .iter()
            .map(|c| c.at)
            .chain(self.ticket.changes.iter().map(|c| c.at));
        self.ticket.updated = dates.max().unwrap_or(self.ticket.created);
        self.marks.systems = self.scene.systems;
        self.marks.dutch = dutch;
        self.marks.comments = self.ticket.comments.len() as u8;
        self.marks.labels = self.ticket.labels.len() as u8;
        self.marks.components = self.ticket.components.len() as u8;
        self.marks.work = self.ticket.work.len() as u8;
        Story { ticket: Some(self.ticket), messages: Vec::new(), marks: self.marks }
    }

    /// The export is made at the window's end: what would come later is not in it.
    fn cut(&mut self, end: NaiveDateTime) {
        self.ticket.comments.retain(|c| c.at < end);
        self.ticket.changes.retain(|c| c.at < end);
        self.ticket.work.retain(|w| w.at < end);
        if self.ticket.resolved.is_some_and(|at| at >= end) {
            self.ticket.resolved = None;
            self.ticket.resolution = "";
            self.ticket.status = "In Progress";
            self.marks.rework = false;
            if self.ticket.comments.is_empty() {
                self.marks.waiting = false;
                self.marks.copy = false;
            }
        }
    }
}
