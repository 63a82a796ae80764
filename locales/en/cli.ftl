### What the command line says: help, results, failures.

## Help: frame

help-head-usage = Usage
help-head-commands = Commands
help-head-arguments = Arguments
help-head-options = Options
help-head-global = Everywhere
help-about = Finds manual work in tickets, chats and answers, shows what is worth automating, and runs it safely.
help-long =
    Finds manual work in tickets, chats and answers, shows what is worth automating, and runs it safely.

    Kompel reads exports of your ticket system and chat, and people's answers to one question. It
    groups what is the same work, counts how often it runs, which systems it touches, for whom it
    waits and where it goes wrong, and ranks what is worth automating. Every number can be traced
    with `kompel explain`. A hunt opens no network connection; people appear as pseudonyms.

    What was decided upon becomes a playbook. A run plans, asks the people you name for a yes to exactly
    that plan, does it, reads every system back, and keeps proof. It reaches only the systems that
    kompel.toml connects for that tenant.
help-examples =
    Examples:
      kompel demo                                  an imaginary company, from exports to pitch
      kompel init                                  make a workspace in this folder
      kompel hunt tickets export.csv               read tickets and look for processes
      kompel hunt chat slack-export.zip            add the chat
      kompel candidates                            what was found
      kompel explain c-7f3a                        where every number came from
      kompel map c-7f3a --pdf                      the process on one A4
      kompel playbook new access-request           a playbook to start from
      kompel rehearse access-request --set …       what it would do; nothing changes
      kompel run access-request --set …            do it; kompel runs says what waits for whom
      kompel leavers                               everyone who leaves, in every system
help-exit-codes = Exit codes:
exit-done = done
exit-unexpected = something went wrong that should not
exit-usage = the command line can't be understood
exit-input = an input can't be read
exit-not-found = what was asked for is not there
exit-workspace = no workspace, or its database or key can't be used
exit-configuration = a mistake in kompel.toml
exit-output = an output can't be written

help--help = Show help; --help shows more than -h
help--version = Show the version
help--workspace = The workspace's folder (default: this folder or the nearest above with a kompel.toml)
help--lang = The language of the output (default: kompel.toml, then the environment)
help--json = Answer in JSON, for other programs
help--tenant = Whose records: each tenant's stay apart
help--quiet = Only the answer: no remarks, no progress
help--reveal = Show names instead of pseudonyms to people; this is kept in the audit

## Help: commands

help-demo = Try it out: an imaginary company, hunted from its exports to the pitch
help-demo-long =
    Makes eighteen months of an imaginary security provider and its clients, writes them as Jira,
    Slack and a survey would export them, reads these as it would read yours, and writes maps, pitch
    and report. Running it again replaces the folder, if a demo made it.
help-demo--out = The folder to make
help-demo--seed = Another number makes another company

help-init = Make a workspace: configuration, database, keys
help-init-long =
    Makes kompel.toml (every default stated), kompel.db, kompel.key and kompel.audit-key in a folder.
    What is there already stays as it is. Keep both keys to yourself: names are sealed with the one,
    the audit trail is signed with the other. kompel.audit-key.pub is for auditors.
help-init--folder = The folder (default: this one)

help-hunt = Read exports and look for processes
help-hunt-long =
    Reads exports, keeps their records, and looks for processes in everything kept so far. Reading a
    newer export updates: nothing is counted twice, candidates keep their ids, decisions stay.
    Without a path it reads the sources in kompel.toml.

    The format is recognised; --format forces one. For tables of your own Kompel proposes which
    column is what: look with --dry-run, correct with --map.

    Answers of several files stay apart: row 3 of the first file is 3, of another file.csv#3. A file
    in which at least half of the rows are known is a newer version of the file they came from.

      kompel hunt tickets jira.csv
      kompel hunt tickets incidents.xlsx --dry-run
      kompel hunt tickets incidents.xlsx --map title=Onderwerp --map key=Nummer
      kompel hunt chat slack-export.zip
      kompel hunt answers answers.csv
      kompel hunt log bpic2012.xes.gz
help-hunt--kind = What the files hold
help-hunt--path = Files, zip archives or folders
help-hunt--format = Read as this format
help-hunt--map = Which column is which field, for tables of your own; may be repeated
help-hunt--timezone = The zone of times that carry none, such as Europe/Brussels
help-hunt--dry_run = Only read, count and show the columns; keep nothing
help-hunt--no_discover = Only read and keep; look for processes later

help-candidates = Show what was found, by rank
help-candidates-long =
    Shows the candidates by rank, with the four criteria: frequency, systems, human factor, errors.
    ✓ is met, ✗ not met, ? not to be told from the records. Verdicts follow the thresholds that
    kompel.toml has now.

      kompel candidates --json | jq '.candidates[] | select(.qualifies) | .title'
help-candidates--qualifying = Only those that qualify
help-candidates--all = Show all, also those far from qualifying
help-candidates--rejected = The groups that are no candidates, and why

help-explain = Show where every number of a candidate came from
help-explain-long = Shows verdicts with their reasons, how the cases end, gain and ease with every factor, and for every number what it rests on and which records show it.
help-explain--id = The candidate's id; its beginning will do

help-map = Show one process on one A4
help-map-long = Shows the process map: trigger, input, steps now, pain, steps with the orchestrator, gain. Every sentence comes from the records; what they don't tell is left blank (☐) for you to fill in.
help-map--id = The candidate's id; its beginning will do
help-map--pdf = Write it as a PDF of one A4
help-map--out = The PDF's name

help-pitch = Show the top three and the question to the decider
help-pitch-long = Shows the three best candidates side by side (the most visible, the quickest win, the most secure choice) and the question to whoever decides.
help-pitch--pdf = Write it as a PDF
help-pitch--out = The PDF's name

help-decide = Keep what was decided about a candidate
help-decide-long =
    Keeps a decision with who took it, why and when. Decisions are never changed or removed; a later
    one about the same candidate takes its place.

      kompel decide c-7f3a --yes --by Xander --why "weekly, and easy to see"
help-decide--id = The candidate's id; its beginning will do
help-decide--yes = It is to be automated
help-decide--no = It is not
help-decide--by = Who decided
help-decide--why = Why

help-report = Write the whole hunt as one HTML file
help-report-long = Writes everything that was found as one HTML file with plots, which opens without a network.
help-report--out = The file's name

help-findings = Show what the last hunt could not take as it stood
help-findings-long = Shows, for each input of the last hunt, the rows that were skipped, repaired or merged, with their positions.
help-findings--all = Show all that are kept, not just the first few

help-log = Work with the event log
help-log-long = Works with the event log: everything that was read, as one object-centric log.
help-log-export = Write everything kept as an event log that process-mining tools read
help-log-export-long =
    Writes everything kept as an event log, for PM4Py, ProM, Celonis and the like. People stay
    pseudonyms.

      kompel log export --format ocel-json log.json
      kompel log export --format xes log.xes
help-log-export--format = OCEL 2.0 as JSON or XML, or XES
help-log-export--out = The file's name

help-reveal = Show the name behind a pseudonym, and keep that it was shown
help-reveal-long = Shows the name behind a pseudonym. That it was shown, when and why, is kept and can't be removed.
help-reveal--pseudonym = Such as p-1f3a9c20
help-reveal--why = Why you need the name

help-doctor = Check the workspace; change nothing
help-doctor-long = Checks the configuration, the keys and their permissions, the database, the audit trail and its last checkpoint, where secrets come from and whether each one named in kompel.toml is to be found, whether the configured sources can be read, whether each connection can be reached and has its permissions, and whether the playbooks have mistakes. Changes nothing.

help-completions = Print the completion script of a shell
help-completions-long =
    Prints the completion script of a shell.

      kompel completions bash > ~/.local/share/bash-completion/completions/kompel
help-completions--shell = bash, zsh, fish, elvish or powershell

## Results

wrote = Wrote { $file }
init-done = Made a workspace in { $folder }:
init-nothing = { $folder } is a workspace already; nothing was changed.
init-kompel-toml = the configuration, with every default
init-kompel-db = the database
init-kompel-key = the key that names are sealed with; keep it to yourself
init-next = Next: kompel hunt tickets <export.csv>

hunt-read = { $file } ({ $format }): { $rows } rows read, { $records } records
hunt-stored = { $new } new, { $updated } updated, { $unchanged } unchanged
hunt-mapping = columns (correct with --map field=column):
hunt-column = { $by ->
    [user] { $field } = { $column }  (as you said)
    [header] { $field } = { $column }  (by its header)
    [content] { $field } = { $column }  (by its content, { $sure } sure)
   *[nothing] { $column }: kept under its own name
}
hunt-dry = Dry run: nothing was kept.
hunt-not-discovered = Kept. Next: kompel hunt, to look for processes.
hunt-next = Next: kompel candidates

finding-group = { $count } × { $what }: { $did }
finding-place = { $kind ->
    [cell] { $file }, row { $row }, column { $column }:
    [row] { $file }, row { $row }:
    [column] { $file }, column { $column }:
   *[file] { $file }:
}
findings-of = { $file }:
findings-none = { $file }: nothing amiss

list-rank = #
list-id = Id
list-title = Process
list-rate = Runs/yr
list-hours = Hours/mo
list-criteria = F S H E
list-qualifies = Qual.
list-decision = Decided
list-records = Records
list-why = Why not
decision-yes = yes
decision-no = no
candidates-legend = F frequency, S systems, H human factor, E errors: ✓ met, ✗ not met, ? unknown. Hours: likely gain a month.
candidates-summary = { $candidates ->
    [one] { $candidates } candidate
   *[other] { $candidates } candidates
}, { $qualify } of which { $qualify ->
    [one] qualifies
   *[other] qualify
}; { $rejected ->
    [one] { $rejected } group is
   *[other] { $rejected } groups are
} no process to automate (kompel candidates --rejected).
candidates-left = In no group: { $tickets } tickets, { $messages } messages, { $answers } answers.
candidates-more = … and { $more } more that do not qualify (--all shows them)
candidates-next = Next: kompel explain <id>, kompel map <id> --pdf, kompel pitch --pdf

explain-head = Rank { $rank }, score { $score }; { $qualifies ->
    [yes] qualifies
   *[no] does not qualify
}. { $records } records, { $runs } runs.
explain-criteria = Criteria
explain-resolution = How it ends
explain-sameness = { $share } ends the same way ({ $alike } of { $of }):
explain-sameness-unknown = The records don't say how it ends.
explain-gain = Gain
explain-hours = Hours a month: { $likely } likely (low { $low }, high { $high })
explain-ease = Ease
explain-share = { $share } in all
explain-origins = Where every number comes from
explain-next = Next: kompel map { $id } --pdf
map-next = Next: kompel map { $id } --pdf; then fill in what is blank (☐)
pitch-role-most-visible = the most visible
pitch-role-quickest-win = the quickest win
pitch-role-most-secure = the most secure choice
pitch-numbers = { $rate } runs a year, { $hours } hours a month to gain, ease { $ease }; { $systems }
pitch-next = Next: kompel pitch --pdf; after the talk: kompel decide <id> --yes --by <name> --why <text>
decided-yes = Kept: { $title } ({ $id }) will be automated, says { $by }.
decided-no = Kept: { $title } ({ $id }) will not be automated, says { $by }.
reveal-kept = That this name was shown has been kept.

doctor-config = configuration
doctor-key = key
doctor-database = database
doctor-source = source
doctor-well = All is well.
doctor-unwell = Something needs attention.

demo-world = { $provider }, an imaginary security provider with { $clients } clients, from { $from } to { $to }: { $tickets } tickets, { $messages } chat messages, { $answers } answers.
demo-truth = Against the truth (truth.json): { $found } of { $planted } planted processes found; of { $claimed } that qualify, { $right } are right.
demo-written = Written to { $folder }: { $maps ->
    [one] { $maps } map
   *[other] { $maps } maps
} (maps/*.pdf){ $maps ->
    [0] {""}
   *[other] , pitch.pdf
}, report.html, candidates.json; the exports it read are in exports/.
demo-next =
    Next:
      open { $folder }/report.html
      kompel explain { $id } --workspace { $folder }
      kompel init my-hunt && cd my-hunt && kompel hunt tickets <your export>

## Progress

progress-world = Making a company…
progress-reading = Reading { $file }
progress-redacting = Replacing names…
progress-storing = Keeping records
progress-loading = Loading records
progress-hunting = Looking for processes…
stage-words = Reading the words of { $records } records…
stage-groups = Grouping like requests…
stage-facts = Looking at each of { $groups } groups…
progress-exporting = Writing the event log…
progress-pages = Setting pages

## Failures

fail-unexpected = Something went wrong that should not.
fail-no-workspace = There is no workspace in { $folder } or above it.
fail-missing = The workspace lacks { $file }.
fail-too-new = A newer Kompel made this database.
fail-workspace = The workspace can't be used.
fail-init = A workspace can't be made in { $folder }.
fail-config-unreadable = { $file } can't be read.
fail-config = { $file } has a mistake on line { $line }.
fail-lexicon = { $file } can't be used as concepts.
fail-systems = The systems in kompel.toml can't be used.
fail-no-hunt = There was no hunt yet.
fail-no-candidate = There is no candidate { $id }.
fail-no-person = No name is kept for { $pseudonym }.
fail-no-sources = There is nothing to hunt in: no path given, no sources configured, no records kept.
fail-no-pitch = No candidate qualifies, so there is nothing to pitch.
fail-no-format = { $file } is in no format that Kompel knows.
fail-unknown-format = There is no format { $format }.
fail-other-kind = { $file } looks like { $format }, which is not what you said it holds.
fail-not-read = { $file } can't be read as { $format }.
fail-mapping = The column mapping can't be used.
fail-unreadable = { $file } can't be read.
fail-too-large = { $file } holds too much.
fail-write = { $file } can't be written.
fail-report = A page can't be made.
fail-other-version = What the last hunt found was kept by another version of Kompel.
fail-demo-folder = { $folder } exists and was not made by a demo; it stays as it is.

advice-init = Make one with `kompel init`, or name one with --workspace. To try things out: `kompel demo`.
advice-doctor = `kompel doctor` tells what is wrong.
advice-upgrade = Use that version, or a copy of the database from before.
advice-config-nearest = Did you mean `{ $near }`?
advice-config = A new workspace's kompel.toml shows every key: `kompel init <folder>`.
advice-lexicon = Check [lexicon] concepts in kompel.toml.
advice-hunt = Read something first: `kompel hunt tickets <export>`.
advice-candidates = `kompel candidates` lists them.
advice-candidate-nearest = Did you mean { $near }? `kompel candidates` lists them all.
advice-no-person = A pseudonym looks like p-1f3a9c20; names are kept for people that sources name.
advice-no-sources = Name a file: `kompel hunt tickets <export>`, or add a [[source]] to kompel.toml.
advice-no-pitch = `kompel candidates` shows why; the thresholds are in kompel.toml under [qualify].
advice-format = Formats: { $formats }. Force one with --format.
advice-other-kind = Use `kompel hunt { $kind } { $file }`, or force the format with --format.
advice-mapping = Look at the columns with --dry-run.
advice-no-such-file = Check the path; it is seen from the folder you are in.
advice-no-permission = You may not read it: check its permissions.
advice-read-again = Check that the file is whole, and try again.
advice-too-large = Give a smaller folder, or the files one by one.
advice-write = Check that the folder exists, that you may write there, and that the disk has room.
advice-report = Please report this to the makers of Kompel.
advice-demo-folder = Name another folder with --out.
