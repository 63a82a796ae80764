### Zinnen die `qualify` maakt: oordelen, herkomst van getallen, de A4 en de pitch.
### Elke zin staat ook in locales/en/phrases.ftl, met dezelfde variabelen.

## Bouwstenen, gebruikt in andere zinnen

who-name = { $who ->
    [manager] de manager
    [approver] de goedkeurder
    [requester] de aanvrager
    [reporter] de aanvrager
    [client] de klant
    [customer] de klant
    [user] de gebruiker
    [hr] HR
    [security] het securityteam
    [ciso] de CISO
    [cab] het CAB
    [finance] de boekhouding
    [legal] de juridische dienst
    [network] het netwerkteam
    [team] een ander team
    [teamlead] de teamverantwoordelijke
    [team-lead] de teamverantwoordelijke
    [lead] de teamverantwoordelijke
    [owner] de eigenaar
    [supplier] de leverancier
    [vendor] de leverancier
    [colleague] een collega
    [engineer] een engineer
    [director] de directie
    [management] de directie
    [someone] iemand
   *[other] { $who }
}
day-name = { $detail ->
    [monday] maandag
    [tuesday] dinsdag
    [wednesday] woensdag
    [thursday] donderdag
    [friday] vrijdag
    [saturday] zaterdag
    [sunday] zondag
   *[other] { $detail }
}
spread-value = { $range ->
    [none] ?
    [one] { $likely }
   *[many] { $likely } ({ $low } tot { $high })
}
spread-share = { $range ->
    [none] ?
    [one] { $likely } %
   *[many] { $likely } % ({ $low } tot { $high } %)
}
answer-count = { $answers ->
    [one] 1 antwoord
   *[other] { $answers } antwoorden
}

## Frequentie

frequency-met = { $per_year } keer per jaar; de drempel is { $threshold }.
frequency-met-weekly = Gezien in { $weeks_with_run } van { $weeks } weken ({ $per_year } keer per jaar); wekelijks is in minstens { $weekly_threshold } % van de weken.
frequency-met-short = { $per_year } keer per jaar als het zo doorgaat, maar nog maar { $weeks ->
    [one] 1 week
   *[other] { $weeks } weken
} gezien; de drempel is { $threshold }.
frequency-met-claimed = { $per_year } keer per jaar volgens { answer-count }, niet geteld; de drempel is { $threshold }.
frequency-not-met = { $per_year } keer per jaar, in { $weeks_with_run } van { $weeks } weken; de drempel is { $threshold } per jaar of wekelijks.
frequency-not-met-claimed = { $per_year } keer per jaar volgens { answer-count }, niet geteld; de drempel is { $threshold }.
frequency-unknown = Hoe vaak dit gebeurt, valt uit de gegevens niet op te maken.
frequency-unknown-short = Te kort gezien om te weten of het zelden gebeurt: { $weeks ->
    [one] 1 week
   *[other] { $weeks } weken
}, minstens { $minimum_weeks } nodig.

## Systemen

systems-met = Raakt { $count } systemen: { $names }; de drempel is { $threshold }.
systems-met-script = Raakt { $count } systemen: { $names }; de drempel is { $threshold }. Naast het ticket is dat alleen { $other }: misschien volstaat een script.
systems-not-met = Raakt alleen { $names }; de drempel is { $threshold } systemen.
systems-none = Geen enkel systeem wordt vaak genoeg vermeld; de drempel is { $threshold } systemen.
systems-unknown = De gegevens zeggen te weinig om te weten welke systemen dit raakt.

## Menselijke factor

human-met = { $count } van { $of } keer ({ $share } %) komt er wachten of copy-paste bij kijken; de drempel is { $threshold } %.
human-met-waiting = { $waiting } keer wachten op { who-name }, mediaan { $hours } uur; samen { $share } % van de keren, de drempel is { $threshold } %.
human-met-waiting-untimed = { $waiting } keer wachten op { who-name }; samen { $share } % van de keren, de drempel is { $threshold } %.
human-met-copying = { $copied } keer copy-paste; samen { $share } % van de keren, de drempel is { $threshold } %.
human-met-both = { $waiting } keer wachten op { who-name }, mediaan { $hours } uur, en { $copied } keer copy-paste; samen { $share } % van de keren, de drempel is { $threshold } %.
human-met-both-untimed = { $waiting } keer wachten op { who-name } en { $copied } keer copy-paste; samen { $share } % van de keren, de drempel is { $threshold } %.
human-not-met = Wachten of copy-paste in { $count } van { $of } keer ({ $share } %); de drempel is { $threshold } %.
human-unknown = De gegevens tonen niet of iemand moet wachten of copy-pasten.

## Foutgevoeligheid

errors-met = { $count } van { $of } keer ({ $share } %) heropend, overgedaan of rechtgezet; de drempel is { $threshold } %.
errors-not-met = { $count } van { $of } keer ({ $share } %) heropend, overgedaan of rechtgezet; de drempel is { $threshold } %.
errors-unknown = De gegevens tonen niet of het soms opnieuw moet.

## Namen van factoren

factor-runs = Keren per jaar
factor-touch = Minuten werk per keer
factor-redone = Deel dat opnieuw moet
factor-redo = Minuten om het opnieuw te doen
factor-automatable = Deel dat een machine kan overnemen
ease-connectors = Systemen met een connector
ease-sameness = Altijd dezelfde oplossing
ease-decisions = Weinig beslissingen nodig
ease-documentation = Werk is beschreven
certainty-sample = Aantal keren gezien
certainty-effort = Basis van de werktijd
certainty-observable = Wat de gegevens kunnen tonen
certainty-sameness = Zekerheid over de oplossing
certainty-claimed = Alleen gehoord, niet geteld

## Herkomst van factoren

origin-factor-runs = { $basis ->
    [counted] { $runs } keer geteld in { $days } dagen
    [claimed] volgens { answer-count }, niet geteld
   *[unknown] aantal keren niet bekend
}
origin-factor-touch = { $basis ->
    [worklog] gelogde uren ({ $samples } keer)
    [stated] tijd vermeld in commentaar ({ $samples } keer)
    [answers] wat mensen antwoordden ({ $samples })
    [activity] ruwe schatting uit de tijd tussen handelingen ({ $samples } keer)
    [assumed] aanname uit de configuratie, niets in de gegevens zegt het
   *[unknown] werktijd niet bekend
}
origin-factor-redone = { $basis ->
    [seen] { $count } van { $of } keer heropend, overgedaan of rechtgezet
   *[unknown] niet bekend, dus als 0 geteld
}
origin-factor-redo = { $basis ->
    [seen] gemeten op de keren die opnieuw moesten
   *[assumed] aanname uit de configuratie
}
origin-factor-automatable = aanname uit de configuratie
origin-ease-connectors = { $basis ->
    [seen] { $count } van { $of } systemen
   *[unknown] systemen niet bekend, dus half geteld
}
origin-ease-sameness = { $basis ->
    [seen] { $count } van { $of } keer dezelfde oplossing
   *[unknown] de gegevens zeggen niet hoe het eindigt
}
origin-ease-decisions = { $basis ->
    [seen] bij { $share } % van de keren moet iemand beslissen of antwoorden
   *[unknown] niet bekend of iemand moet beslissen, dus half geteld
}
origin-ease-documentation = { $steps ->
    [one] 1 stap
   *[other] { $steps } stappen
} en { $inputs } soorten gegevens gezien
origin-certainty-sample = { $runs } keer geteld
origin-certainty-effort = { $basis ->
    [worklog] gelogde uren
    [stated] tijd vermeld in commentaar
    [answers] wat mensen antwoordden
    [activity] ruwe schatting uit de tijd tussen handelingen
   *[none] een aanname
}
origin-certainty-observable = { $count } van 3 vragen (systemen, wachten, fouten) kunnen de gegevens beantwoorden
origin-certainty-sameness = { $basis ->
    [seen] hoe gelijk de oplossingen zijn
   *[unknown] de gegevens zeggen niet hoe het eindigt
}
origin-certainty-claimed = niemand heeft het geteld, dus minder zeker

## Uitleg: een factor met zijn waarde en herkomst

explain-factor-runs = Keren per jaar: { spread-value }; { origin-factor-runs }.
explain-factor-touch = Minuten werk per keer: { spread-value }; { origin-factor-touch }.
explain-factor-redone = Deel dat opnieuw moet: { spread-share }; { origin-factor-redone }.
explain-factor-redo = Minuten om het opnieuw te doen: { spread-value }; { origin-factor-redo }.
explain-factor-automatable = Deel dat een machine kan overnemen: { spread-share }; { origin-factor-automatable }.
explain-ease-connectors = Gemak, systemen met een connector: { spread-share }; { origin-ease-connectors }.
explain-ease-sameness = Gemak, altijd dezelfde oplossing: { spread-share }; { origin-ease-sameness }.
explain-ease-decisions = Gemak, weinig beslissingen: { spread-share }; { origin-ease-decisions }.
explain-ease-documentation = Gemak, werk is beschreven: { spread-share }; { origin-ease-documentation }.
explain-certainty-sample = Zekerheid, aantal keren: { spread-share }; { origin-certainty-sample }.
explain-certainty-effort = Zekerheid, basis van de werktijd: { spread-share }; { origin-certainty-effort }.
explain-certainty-observable = Zekerheid, wat te zien is: { spread-share }; { origin-certainty-observable }.
explain-certainty-sameness = Zekerheid, oplossing: { spread-share }; { origin-certainty-sameness }.
explain-certainty-claimed = Zekerheid, maal { spread-share }: { origin-certainty-claimed }.

## Uitleg: andere getallen

origin-rank = Plaats { $rank }: eerst wat door het filter raakt, dan de hoogste score, bij gelijke score het id.
origin-score = { $score } = waarde { $value } × gemak { $ease } × zekerheid { $certainty }.
origin-script = Waarde maal { $factor }: naast het ticket is er maar één systeem, een script kan volstaan.
origin-errors-bonus = Waarde verhoogd met { $bonus } %: het gaat geregeld mis.
origin-hunt-words = Waarde verhoogd met { $bonus } %: de aanvragen gebruiken woorden waar de zoektocht naar kijkt ({ $words }).
origin-gate-frequency = Komt niet door het filter: frequentie.
origin-gate-systems = Komt niet door het filter: systemen.
origin-gate-human-factor = Komt niet door het filter: menselijke factor.
origin-gate-errors = Komt niet door het filter: foutgevoeligheid.
origin-qualifies = Komt door het filter.
origin-below-sameness = Komt niet door het filter: de oplossingen lijken te weinig op elkaar (minstens { $threshold } % nodig).
origin-too-few-cases = Komt niet door het filter: { $runs } keer geteld, minstens { $threshold } nodig.
origin-burst = { $kind ->
    [outage] Piek op { $day } door een storing: { $records } meldingen, niet elk apart geteld.
    [import] Op { $day } in één keer ingeladen: { $records } records, niet geteld.
   *[robot] Vanaf { $day } door een robot gemaakt: { $records } records, niet geteld.
}
origin-observed-none = Geen enkel geteld record heeft een tijd.
origin-observed = { $days } dagen waarvoor de bronnen echt gegevens bevatten; gaten tellen niet mee.
origin-waiting-hours = Mediaan { $hours } uur tussen vraag en antwoord, over { $count } keer wachten.
origin-waiting-unknown = De gegevens tonen niet hoelang er gewacht wordt.
origin-sameness-plain = { $count } van { $of } keer eindigt het op dezelfde manier; minstens { $threshold } % nodig.
origin-sameness-unknown = De gegevens zeggen niet hoe het eindigt.
origin-sameness-quoted = { $count } van { $of } keer eindigt het zoals “{ $text }”; minstens { $threshold } % nodig.
origin-gain = Keren per jaar ÷ 12 × (minuten per keer + deel opnieuw × minuten opnieuw) ÷ 60 × deel dat een machine kan.
origin-members = { $count ->
    [one] 1 record hoort
   *[other] { $count } records horen
} bij dit proces.

## A4: trigger

trigger-ticket = Start met een ticket van een medewerker ({ $count } van { $of })
trigger-ticket-from = Start met een ticket van { who-name } ({ $count } van { $of })
trigger-mail = Start met een mail die een ticket wordt ({ $count } van { $of })
trigger-mail-from = Start met een mail van { who-name } ({ $count } van { $of })
trigger-alert = Start met een melding van monitoring of een robot ({ $count } van { $of })
trigger-chat-ask = Start met een vraag in de chat ({ $count } van { $of })
trigger-chat-report = Iemand doet het en meldt het in de chat ({ $count } van { $of })
trigger-calendar = Start op een vast moment in de kalender ({ $count } van { $of })
trigger-calendar-weekday = Start elke { day-name } ({ $count } van { $of })
trigger-calendar-monthday = Start elke maand, rond de { $detail }e ({ $count } van { $of })
trigger-answer = Bekend uit { $count ->
    [one] 1 antwoord
   *[other] { $count } antwoorden
} op de koffie-automaatvraag
trigger-rate = Ongeveer { $per_year } keer per jaar ({ $runs } keer geteld in { $days } dagen)
trigger-rate-claimed = Naar eigen zeggen { $per_year } keer per jaar (niet geteld)

## A4: input

input-person = Over wie het gaat ({ $count } van { $of } aanvragen)
input-client = Voor welke klant ({ $count } van { $of } aanvragen)
input-host = Server of toestel ({ $count } van { $of } aanvragen)
input-domain = Domeinnaam of webadres ({ $count } van { $of } aanvragen)
input-address = IP-adres of netwerk ({ $count } van { $of } aanvragen)
input-port = Poort of protocol ({ $count } van { $of } aanvragen)
input-mail = Mailadres ({ $count } van { $of } aanvragen)
input-date = Datum ({ $count } van { $of } aanvragen)
input-reference = Ticket- of wijzigingsnummer ({ $count } van { $of } aanvragen)
input-group = Groep, rol of licentie ({ $count } van { $of } aanvragen)
input-number = Aantal of ander getal ({ $count } van { $of } aanvragen)

## A4: stappen nu

step-now = { $number }. { $text } ({ $count } van { $of })
step-now-in = { $number }. { $text } – in { $systems } ({ $count } van { $of })
step-now-waiting = { $number }. Wachttijd: { $text } ({ $count } van { $of })
step-end = Eindigt met: “{ $text }” ({ $count } van { $of })
step-done-manual = Afgesloten als “manueel gedaan”: { $count } van { $of }

## A4: pijn

pain-waiting = Wacht op { who-name }: { $count } van { $of } keer, mediaan { $hours } uur
pain-waiting-working = Wacht op { who-name }: { $count } van { $of } keer, mediaan { $hours } uur ({ $working } werkuren)
pain-waiting-untimed = Wacht op { who-name }: { $count } van { $of } keer
pain-copying = Overtypen of copy-paste: { $count } van { $of } keer
pain-handovers = Doorgegeven aan een andere persoon of ander team: { $count } van { $of } keer
pain-ping-pong = Heen en weer gestuurd: { $count } van { $of } keer
pain-rework = Moest opnieuw: { $count } van { $of } keer ({ $share } %), waarvan { $reopened } heropend en { $corrected } rechtgezet
pain-escalated = Geëscaleerd: { $count } van { $of } keer
pain-missed-weeks = In { $count } van { $of } weken is het niet gezien: vergeten of niet genoteerd?
pain-missed-months = In { $count } van { $of } maanden is het niet gezien: vergeten of niet genoteerd?

## A4: stappen straks

then-start-ticket = { $number }. Start zodra het ticket binnenkomt
then-start-mail = { $number }. Start zodra de mail binnenkomt
then-start-alert = { $number }. Start zodra de melding binnenkomt
then-start-chat = { $number }. Start op een bericht in de chat
then-start-calendar = { $number }. Start vanzelf volgens de kalender
then-start-unknown = { $number }. Start met een formulier
then-input = { $number }. Leest de gegevens uit de aanvraag en vraagt wat ontbreekt
then-input-collect = { $number }. Verzamelt de nodige gegevens
then-approval = { $number }. Vraagt { $who ->
    [someone] de nodige goedkeuring of info
   *[other] { who-name } om goedkeuring of info
} en stuurt vanzelf herinneringen
then-action = { $number }. Voert het uit in { $system } (connector { $connector })
then-action-by-hand = { $number }. Taak voor een mens in { $system }, met bewijs (nog geen connector)
then-action-unknown = { $number }. Taak voor een mens, met bewijs (systeem niet bekend)
then-verify = { $number }. Kijkt in { $systems } na of het gelukt is
then-verify-proof = { $number }. Kijkt na of elke taak afgewerkt is, met bewijs
then-close = { $number }. Zet het resultaat in { $system } en sluit het ticket
then-report = { $number }. Meldt het resultaat

## A4: winst

gain-hours = { $likely } uur werk per maand bespaard ({ $low } tot { $high })
gain-hours-assumed = { $likely } uur werk per maand bespaard ({ $low } tot { $high }), met een aangenomen werktijd per keer
gain-waiting = Minder wachten: nu mediaan { $hours } uur, bij { $count } van { $of } keer
gain-errors = Minder fouten: nu moet het in { $share } % van de gevallen opnieuw
gain-script-may-do = Let op: naast het ticket is er maar één systeem, misschien volstaat een script

## A4: in te vullen door een mens

blank-trigger = Wat start dit proces?
blank-owner = Wie is eigenaar van dit proces?
blank-rate = Hoe vaak gebeurt dit?
blank-input = Welke info heb je nodig?
blank-rights = Welke rechten zijn nodig, en wie geeft ze?
blank-steps-now = Wat doet de mens nu, stap voor stap?
blank-done = Wanneer is het echt klaar, en wie kijkt dat na?
blank-pain = Waar gaat het mis?
blank-exceptions = Welke uitzonderingen mag de orchestrator nooit zelf doen?
blank-hours = Hoeveel uur per maand kost dit nu?
blank-worth = Wat is dit waard voor het team of de klant?

## Pitch

pitch-most-visible = Het meest zichtbaar: { $per_year } keer per jaar.
pitch-most-visible-waiting = Het meest zichtbaar: { $per_year } keer per jaar, en bij { $share } % daarvan is het wachten op { who-name }.
pitch-quickest-win = De snelste quick win: { $count ->
    [0] nog zonder connector, maar
   *[other] connector voor { $count } van { $of } systemen, en
} { $sameness } % eindigt op dezelfde manier.
pitch-quickest-win-unsure = De snelste quick win: { $count ->
    [0] nog zonder connector, maar het gemakkelijkst van de drie
   *[other] connector voor { $count } van { $of } systemen
}.
pitch-most-secure = De hoogste securitywaarde: { $theme ->
    [leavers] een account van een vertrokken medewerker dat open blijft, is een lek
    [firewall] een verkeerde firewallregel zet de deur open
    [access] te ruime of vergeten rechten zijn een risico
    [identity] het gaat over accounts en identiteiten
    [certificates] een verlopen certificaat legt een dienst plat
    [evidence] zonder bewijs geen audit
    [backup] een back-up die niet nagekeken is, is geen back-up
    [patching] een lek dat niet gedicht is, wordt vroeg of laat misbruikt
   *[vpn] het gaat over toegang van buitenaf
}.
organisation-name = { $organisation ->
    [none] jullie
   *[other] { $organisation }
}
process-count = { $count ->
    [one] 1 proces
   *[other] { $count } processen
}
pitch-question = Ik heb { process-count } gevonden. Proces { $visible_letter } ({ $visible_title }) is het meest zichtbaar, maar Proces { $quick_letter } ({ $quick_title }) is technisch eenvoudiger voor een snelle quick win. Welke heeft de hoogste prioriteit voor { organisation-name }?
pitch-question-secure = Ik heb { process-count } gevonden. Proces { $visible_letter } ({ $visible_title }) is het meest zichtbaar én technisch het eenvoudigst, maar Proces { $secure_letter } ({ $secure_title }) heeft de hoogste securitywaarde. Welke heeft de hoogste prioriteit voor { organisation-name }?
pitch-question-both = Ik heb { process-count } gevonden. Proces { $visible_letter } ({ $visible_title }) is het meest zichtbaar én technisch het eenvoudigst. Welke heeft de hoogste prioriteit voor { organisation-name }?
pitch-question-one = Ik heb { process-count } gevonden dat door het filter raakt: { $visible_title }. Beginnen we daarmee bij { organisation-name }?
pitch-question-plain = Ik heb { process-count } gevonden. Welke heeft de hoogste prioriteit voor { organisation-name }?
pitch-none = Nog geen enkel proces raakt door het filter.
