### The form by which a client's people say who leaves.

## The command

help-leavers-form = Let people ask for offboardings in the browser
help-leavers-form-long =
    Makes a personal link to the form that `kompel serve` shows. The link is opened once, within a
    week; that browser may then ask, as this person, until the given number of days has passed. What
    they ask starts the same offboarding as `kompel leavers add`, once, and their own yes never
    counts. Without options it shows who may ask. Behind anything but this machine the form needs
    TLS: put a proxy with a certificate before `kompel serve`.

      kompel --tenant acme leavers form --for els --url https://kompel.example
      kompel --tenant acme leavers form --revoke els
help-leavers-form--whom = Who may ask: the short name or the mail address in kompel.toml
help-leavers-form--revoke = Ends all links of this person, and what they opened
help-leavers-form--days = How many days the browser may ask for
help-leavers-form--url = Where people reach `kompel serve`
leavers-form-made = For { $name } alone, to be opened once within a week; good until { $until }. It is not shown again.
leavers-form-revoked = { $count ->
    [0] { $name } had no link.
    [one] The link of { $name } no longer lets anybody in.
   *[other] { $count } links of { $name } no longer let anybody in.
}
leavers-form-none = Nobody may ask by the form. `kompel leavers form --for PERSON` makes a link.
leavers-form-head-person = Who
leavers-form-head-made = Made (UTC)
leavers-form-head-opened = Opened
leavers-form-head-until = Until
fail-no-asker = { $tenant } has nobody called { $name }.
advice-no-asker = Write [tenant.{ $tenant }.people.<id>] with a name in kompel.toml: a report says who asked.

## Every page

form-kicker = Kompel
form-language = Language
form-other-language = Nederlands

## The form

form-title = Someone leaves
form-title-again = Not sent yet:
form-intro = Say who leaves and when. An approver sees exactly what will be closed before anything is closed.
form-who = Who leaves?
form-name = Name
form-key = Mail address or login
form-key-hint = Best of the two: names can be shared.
form-when = When are the accounts closed?
form-when-day = After the last day of work
form-day = Last day
form-when-now = At once, as soon as it is approved
form-reason = Reason or ticket
form-reason-hint = For the report. Optional.
form-send = Ask for it
form-after = You can follow it on the next page.
form-asked = What you asked for
form-close = Sign out on this computer

form-wrong = This can't be sent yet
form-wrong-nobody = Fill in a name, or a mail address or login.
form-wrong-name = The name is too long or has signs in it that no name has.
form-wrong-key = A mail address or login has no spaces.
form-wrong-when = Choose when the accounts are closed.
form-wrong-day = Fill in the last day as a date.
form-wrong-reason = The reason is too long: at most 1,000 characters.

form-doubts = Please check this first
form-doubts-nothing = Nothing has been asked for yet.
form-doubt-past = { $day } has passed.
form-doubt-past-yes = That is right: close as soon as it is approved.
form-doubt-far = { $day } is more than a year ahead.
form-doubt-far-yes = That is right.
form-doubt-nobody = No system knows this person. Is it spelled right?
form-doubt-nobody-yes = Ask all the same: the approver is asked who is meant.
form-doubt-several = Who do you mean?
form-doubt-several-yes = I can't tell: let the approver decide.
form-doubt-left = This person was offboarded before; that was completed on { $day } ({ $run }).
form-doubt-left-yes = They came back and leave again.

## How it is

form-run-title = Offboarding of { $name }
form-asked-before = This had been asked for already. Nothing new was started: this is how it is.
form-run-who = Who leaves
form-run-day = Last day
form-run-at-once = At once
form-run-reason = Reason
form-run-by = Asked by
form-run-at = Asked at
form-run-id = Number
form-look-again = Look again
form-another = Someone else leaves
form-keep-id = Is something wrong? Tell whoever manages your systems, with the number above.
form-stage-begun = Begun
form-stage-begun-means = The accounts of this person are being looked up.
form-stage-approval = Waits for approval
form-stage-approval-means = A person has been asked. Nothing goes on before they have answered.
form-stage-moment = Waits for its moment
form-stage-moment-means = It is approved, and goes on by itself when the moment comes.
form-stage-system = Waits for a system
form-stage-system-means = A system does not answer, or asks to be left alone for a while. It is tried again.
form-stage-completed = Closed
form-stage-completed-means = Every account is closed, and was looked at again after that.
form-stage-incomplete = Not everything is closed
form-stage-incomplete-means = It has ended, and something is still open. Those who manage the systems know what.
form-stage-rejected = Refused
form-stage-rejected-means = The approver said no.
form-stage-cancelled = Stopped
form-stage-cancelled-means = Somebody stopped it.
form-stage-failed = Failed
form-stage-failed-means = It could not go on. Those who manage the systems know why.

## Getting in

form-open-greeting = Hello { $name }. With this link you can ask for people who leave { $client }, from this browser.
form-open = Continue
form-open-once = The link then no longer works. Use a computer that is yours alone.
form-stranger = You are not signed in
form-stranger-text = Open the link that you were sent, in this browser. If you did so before, it may have expired: ask whoever sent it for a new one.
form-dead-link = This link no longer works
form-dead-link-text = A link works once and within a week. If you did not open it yourself, tell whoever sent it to you. They can send a new one.
form-foreign = This was not sent from our page
form-foreign-text = Nothing was done. Open the form again and send it from there.
form-many = That was a lot at once
form-many-text = Nothing was done with the last one. Please try again in ten minutes.
form-trouble = That did not work just now
form-trouble-text = It is not certain that anything was begun. Try again: what was begun is never begun twice.
form-no-run = There is no such offboarding
form-no-run-text = Check the number.
form-closed = You are signed out
form-closed-text = To ask for something again you need a new link.
