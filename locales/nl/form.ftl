### Het formulier waarmee mensen van een klant zeggen wie vertrekt.

## De opdracht

help-leavers-form = Laat mensen in de browser om een offboarding vragen
help-leavers-form-long =
    Maakt een persoonlijke link naar het formulier dat `kompel serve` toont. De link gaat één keer
    open, binnen een week; die browser mag daarna vragen, als deze persoon, tot het gegeven aantal
    dagen om is. Wat ze vragen start dezelfde offboarding als `kompel leavers add`, één keer, en hun
    eigen ja telt nooit. Zonder opties toont het wie mag vragen. Buiten deze machine heeft het
    formulier TLS nodig: zet een proxy met een certificaat voor `kompel serve`.

      kompel --tenant acme leavers form --for els --url https://kompel.example
      kompel --tenant acme leavers form --revoke els
help-leavers-form--whom = Wie mag vragen: de korte naam of het mailadres uit kompel.toml
help-leavers-form--revoke = Beëindigt alle links van deze persoon, en wat ermee geopend is
help-leavers-form--days = Hoeveel dagen de browser mag vragen
help-leavers-form--url = Waar mensen `kompel serve` bereiken
leavers-form-made = Alleen voor { $name }, één keer te openen binnen een week; geldig tot { $until }. De link wordt niet nog eens getoond.
leavers-form-revoked = { $count ->
    [0] { $name } had geen link.
    [one] De link van { $name } laat niemand meer binnen.
   *[other] { $count } links van { $name } laten niemand meer binnen.
}
leavers-form-none = Niemand mag vragen met het formulier. `kompel leavers form --for PERSOON` maakt een link.
leavers-form-head-person = Wie
leavers-form-head-made = Gemaakt (UTC)
leavers-form-head-opened = Geopend
leavers-form-head-until = Tot
fail-no-asker = { $tenant } heeft niemand die { $name } heet.
advice-no-asker = Schrijf [tenant.{ $tenant }.people.<id>] met een naam in kompel.toml: een verslag zegt wie het vroeg.

## Elke bladzijde

form-kicker = Kompel
form-language = Taal
form-other-language = English

## Het formulier

form-title = Iemand vertrekt
form-title-again = Nog niet verstuurd:
form-intro = Zeg wie vertrekt en wanneer. Voor er iets gesloten wordt, ziet een goedkeurder precies wat er gesloten zal worden.
form-who = Wie vertrekt?
form-name = Naam
form-key = Mailadres of login
form-key-hint = Het zekerste van de twee: een naam kan van meer mensen zijn.
form-when = Wanneer worden de accounts gesloten?
form-when-day = Na de laatste werkdag
form-day = Laatste dag
form-when-now = Meteen, zodra het is goedgekeurd
form-reason = Reden of ticket
form-reason-hint = Voor het verslag. Mag leeg blijven.
form-send = Vraag het aan
form-after = Op de volgende bladzijde kun je het volgen.
form-asked = Wat je aanvroeg
form-close = Afmelden op deze computer

form-wrong = Dit kan zo nog niet weg
form-wrong-nobody = Vul een naam in, of een mailadres of login.
form-wrong-name = De naam is te lang of bevat tekens die geen naam heeft.
form-wrong-key = In een mailadres of login staan geen spaties.
form-wrong-when = Kies wanneer de accounts gesloten worden.
form-wrong-day = Vul de laatste dag in als een datum.
form-wrong-reason = De reden is te lang: hoogstens 1.000 tekens.

form-doubts = Kijk dit eerst even na
form-doubts-nothing = Er is nog niets aangevraagd.
form-doubt-past = { $day } is al voorbij.
form-doubt-past-yes = Dat klopt: sluit zodra het is goedgekeurd.
form-doubt-far = { $day } is meer dan een jaar vooruit.
form-doubt-far-yes = Dat klopt.
form-doubt-nobody = Geen enkel systeem kent deze persoon. Is het juist geschreven?
form-doubt-nobody-yes = Vraag het toch aan: de goedkeurder krijgt de vraag wie bedoeld is.
form-doubt-several = Wie bedoel je?
form-doubt-several-yes = Dat weet ik niet: laat de goedkeurder kiezen.
form-doubt-left = Deze persoon heeft al een offboarding gehad; die was klaar op { $day } ({ $run }).
form-doubt-left-yes = De persoon kwam terug en vertrekt opnieuw.

## Hoe het ervoor staat

form-run-title = Offboarding van { $name }
form-asked-before = Dit was al aangevraagd. Er is niets nieuws gestart: zo staat het ervoor.
form-run-who = Wie vertrekt
form-run-day = Laatste dag
form-run-at-once = Meteen
form-run-reason = Reden
form-run-by = Gevraagd door
form-run-at = Gevraagd op
form-run-id = Nummer
form-look-again = Kijk opnieuw
form-another = Er vertrekt nog iemand
form-keep-id = Klopt er iets niet? Zeg het aan wie jullie systemen beheert, met het nummer hierboven.
form-stage-begun = Begonnen
form-stage-begun-means = De accounts van deze persoon worden opgezocht.
form-stage-approval = Wacht op goedkeuring
form-stage-approval-means = Er is iemand om een antwoord gevraagd. Zolang dat er niet is, gaat niets verder.
form-stage-moment = Wacht op het moment
form-stage-moment-means = Het is goedgekeurd en gaat vanzelf verder als het zover is.
form-stage-system = Wacht op een systeem
form-stage-system-means = Een systeem antwoordt niet, of vraagt om even met rust gelaten te worden. Het wordt opnieuw geprobeerd.
form-stage-completed = Gesloten
form-stage-completed-means = Elk account is gesloten en daarna nog eens nagekeken.
form-stage-incomplete = Niet alles is gesloten
form-stage-incomplete-means = Het is afgelopen en er staat nog iets open. Wie de systemen beheert, weet wat.
form-stage-rejected = Geweigerd
form-stage-rejected-means = De goedkeurder zei nee.
form-stage-cancelled = Gestopt
form-stage-cancelled-means = Iemand heeft het gestopt.
form-stage-failed = Mislukt
form-stage-failed-means = Het kon niet verder. Wie de systemen beheert, weet waarom.

## Binnenkomen

form-open-greeting = Dag { $name }. Met deze link kun je vanuit deze browser doorgeven wie vertrekt bij { $client }.
form-open = Verder
form-open-once = Daarna werkt de link niet meer. Gebruik een computer die alleen van jou is.
form-stranger = Je bent niet aangemeld
form-stranger-text = Open in deze browser de link die je kreeg. Deed je dat al, dan kan hij verlopen zijn: vraag een nieuwe aan wie hem stuurde.
form-dead-link = Deze link werkt niet meer
form-dead-link-text = Een link werkt één keer en binnen een week. Heb je hem niet zelf geopend, zeg het dan aan wie hem stuurde. Die kan een nieuwe sturen.
form-foreign = Dit kwam niet van onze bladzijde
form-foreign-text = Er is niets gedaan. Open het formulier opnieuw en verstuur het daar.
form-many = Dat was veel in één keer
form-many-text = Met het laatste is niets gedaan. Probeer het over tien minuten opnieuw.
form-trouble = Dat lukte nu niet
form-trouble-text = Het is niet zeker dat er iets begonnen is. Probeer opnieuw: wat begonnen is, begint nooit twee keer.
form-no-run = Er is geen offboarding met dat nummer
form-no-run-text = Kijk het nummer na.
form-closed = Je bent afgemeld
form-closed-text = Om opnieuw iets te vragen heb je een nieuwe link nodig.
