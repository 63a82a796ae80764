### Auditspoor, geheimen, back-up: hulp, resultaten, fouten.

exit-unsound = het auditspoor of een back-up is niet wat er geschreven werd

## Hulp

help-audit = Toon, exporteer en controleer het auditspoor
help-audit-long =
    Elke beslissing, onthulling, goedkeuring, poging en controle laat een regel na in één logboek dat
    alleen kan groeien: elke regel is een blad van een Merkleboom (RFC 6962) waarvan de wortel
    getekend wordt. Wie de publieke sleutel heeft (kompel.audit-key.pub), kan een export controleren,
    zonder de databank van Kompel en offline.

      kompel audit export spoor.jsonl
      kompel audit verify spoor.jsonl --key kompel.audit-key.pub
      kompel audit checkpoint --out 2026-08.checkpoint     (bewaar het elders)
      kompel audit verify spoor.jsonl --checkpoint 2026-08.checkpoint
help-audit-show = Toon de laatste regels van de klant
help-audit-show-long = Toont de laatste regels van de klant, de nieuwste onderaan: plaats in het logboek, wanneer, wat, wie, en wat erbij hoort.
help-audit-show--last = Hoeveel
help-audit-export = Schrijf het spoor als één bestand dat overal te controleren is
help-audit-export-long = Schrijft de regels van de klant voluit en die van andere klanten alleen als hash, zodat het geheel te controleren is en er van anderen niets te zien is behalve hoeveel regels ze hebben. Met --all staan de regels van alle klanten voluit.
help-audit-export--all = De regels van alle klanten
help-audit-export--out = De naam van het bestand
help-audit-checkpoint = Teken het spoor zoals het nu is
help-audit-checkpoint-long = Controleert het spoor, tekent grootte en wortel, en toont het getekende ijkpunt (C2SP tlog-checkpoint). Elders bewaard, bij een auditor of in een mailbox, bewijst het later dat niets van daarvoor verwijderd of herschreven is, zelfs niet door wie Kompel beheert.
help-audit-checkpoint--out = Schrijf het in dit bestand
help-audit-verify = Controleer een export, of het spoor van de werkmap zelf
help-audit-verify-long =
    Controleert een export met alleen de publieke sleutel, of zonder bestand het spoor van de werkmap
    zelf. Vindt elke wijziging, verwijdering, verwisseling en afkapping van een export. Dat wie de
    geheime sleutel heeft het logboek inkortte of herschreef en opnieuw tekende, blijkt alleen tegen
    een ijkpunt dat elders bewaard werd (--checkpoint). Eindigt met exitcode 8 als iets niet klopt.
help-audit-verify--export = De export (standaard: het spoor van de werkmap zelf)
help-audit-verify--key = De publieke sleutel, of een bestand waar die in staat (standaard: die van de werkmap)
help-audit-verify--checkpoint = Een ijkpunt dat elders bewaard werd

help-secret = Bewaar wachtwoorden en sleutels, versleuteld
help-secret-long =
    Geheimen staan in kompel.secrets.age, versleuteld met de sleutel in kompel.age-key; kompel.toml
    noemt ze als secret://naam. Een omgevingsvariabele gaat voor: KOMPEL_SECRET_AD_PASSWORD is
    secret://ad-password van de klant `default`, KOMPEL_SECRET_ACME__AD_PASSWORD die van `acme`.
    Elke klant heeft zijn eigen geheimen. Geen waarde wordt ooit getoond, gelogd of elders bewaard.

      kompel secret set ad-password --tenant acme          (vraagt ernaar, ongezien)
      pass show acme/ad | kompel secret set ad-password --tenant acme
help-secret-set = Bewaar een geheim, of vervang het
help-secret-set-long = Vraagt de waarde zonder ze te tonen, of leest ze van de standaardinvoer als dat geen terminal is; het laatste regeleinde telt niet mee. Minstens 6 bytes, zodat het uit teksten gehouden kan worden.
help-secret-set--name = De naam: letters, cijfers, '-', '_', '.'
help-secret-list = Toon de namen, en wanneer elk gezet werd
help-secret-list-long = Toont de namen van de geheimen van de klant in het versleutelde bestand, en wanneer elk gezet werd; nooit een waarde.
help-secret-remove = Verwijder een geheim
help-secret-remove-long = Verwijdert een geheim uit het versleutelde bestand.
help-secret-remove--name = De naam
help-secret-rotate = Versleutel alle geheimen opnieuw met een nieuwe sleutel
help-secret-rotate-long = Maakt een nieuwe sleutel, versleutelt de geheimen van alle klanten daarmee en laat de oude sleutel vallen. De oude sleutel opent kopieën van vroeger; verander de geheimen zelf als hij uitgelekt is.

help-backup = Maak een gecontroleerde kopie van de werkmap
help-backup-long = Kopieert databank, configuratie, versleutelde geheimen, playbooks en bestanden naar een nieuwe map terwijl anderen kunnen voortwerken, en controleert de kopie: elk bestand, de databank, het auditspoor. Geheime sleutels gaan niet mee tenzij met --with-keys; bewaar ze op een andere veilige plaats.
help-backup--out = De map die gemaakt wordt
help-backup--with_keys = Steek de geheime sleutels erbij: wie de back-up heeft, kan dan alles openen
help-restore = Maak een werkmap uit een back-up
help-restore-long = Controleert de back-up en zet de bestanden in een map zonder databank. Niets wordt overschreven: sleutels die er al staan, worden gebruikt.
help-restore--backup = De map van de back-up
help-restore--folder = De map (standaard: deze)

## Resultaten

init-kompel-audit-key = de sleutel die het auditspoor tekent; hou hem voor jezelf
init-kompel-audit-key-pub = de publieke helft ervan, voor auditors

audit-empty = Nog geen regels.
audit-erased = (gewist)
audit-exported = { $count } regels voluit. Elders te controleren met: kompel audit verify <bestand> --key { $key }
audit-checkpoint-keep = Bewaar dit waar deze machine er niet aan kan: bij een auditor, in een mailbox.
audit-sound = { $of }: in orde. { $size } regels: { $shown } voluit, { $hidden } alleen als hash, { $erased } teksten gewist.
audit-kept = Het gaat verder op het bewaarde ijkpunt van { $size } regels.
audit-no-kept = Geen bewaard ijkpunt opgegeven (--checkpoint): dat een later einde afgekapt en opnieuw getekend werd, is niet te zien.
audit-unsound = { $of }: NIET in orde.
audit-problem-where = { $line ->
    [none] { $place ->
        [none] {""}
       *[other] logregel { $place }:{" "}
    }
   *[other] lijn { $line }{ $place ->
        [none] {""}
       *[other] , logregel { $place }
    }:{" "}
}
audit-unreadable = gewijzigd, of geen deel van het spoor
audit-other-key = gemaakt door een andere installatie dan die van de sleutel
audit-wrong-place = er ontbreken regels, of ze staan er dubbel of verwisseld: hier hoort regel { $expected }
audit-wrong-turn = er ontbreken regels van deze klant, of ze staan er dubbel of verwisseld: hier hoort zijn nummer { $expected }
audit-wrong-leaf = de regel is gewijzigd
audit-wrong-text = een tekst is gewijzigd
audit-wrong-tenant = een regel die niet in deze export hoort, of erin verborgen is
audit-wrong-root = de regels zijn niet die welke getekend werden
audit-wrong-size = er ontbreken regels of er zijn er te veel: het moeten er { $expected } zijn
audit-bad-checkpoint = het ijkpunt is niet met deze sleutel getekend
audit-bad-seal = de export is gewijzigd nadat hij gemaakt werd
audit-cut-off = de export houdt te vroeg op
audit-trailing = er is iets toegevoegd na het einde
audit-bad-kept = het bewaarde ijkpunt is niet met deze sleutel getekend
audit-shorter-than-kept = het spoor heeft minder regels dan een ijkpunt dat vroeger getekend werd: het is afgekapt
audit-other-than-kept = het begin van het spoor is niet wat vroeger in een ijkpunt getekend werd: het is herschreven

secret-ask = Waarde van { $name } (wordt niet getoond):
secret-set = { $name } is bewaard. In kompel.toml: secret://{ $name }
secret-replaced = { $name } is vervangen.
secret-none = Geen geheimen in het versleutelde bestand.
secret-removed = { $name } is verwijderd.
secret-rotated = Een nieuwe sleutel. Opnieuw versleutelde geheimen: { $count }.
secret-rotated-next = Kopieer kompel.age-key opnieuw naar waar je sleutels bewaart.

progress-backup = Kopiëren en controleren…
backup-made = Back-up in { $folder }: { $files } bestanden en { $entries } auditregels, gecontroleerd.
backup-with-keys = De geheime sleutels zitten erin: bewaar hem even veilig als die.
backup-without-keys = Zonder geheime sleutels: bewaar kompel.key, kompel.audit-key en kompel.age-key op een andere veilige plaats, anders gaan namen en geheimen nergens meer open.
restored = Teruggezet in { $folder }: zoals op { $at }, { $entries } auditregels, gecontroleerd.
restored-lacking = Ontbreekt: { $file }. Zet het terug van waar je sleutels bewaart.
restored-next = Volgende stap: kompel doctor

doctor-audit-key = auditsleutel
doctor-audit-trail = auditspoor
doctor-checkpoint = laatste ijkpunt
doctor-checkpoint-none = nog geen: kompel audit checkpoint
doctor-checkpoint-of = { $size } van { $entries } regels, { $at }
doctor-secrets = geheimen
doctor-secrets-of = { $file } ({ $kept }), omgeving ({ $variables })
doctor-secrets-none = nog geen bewaard
doctor-reference = geheim
doctor-reference-unknown = nergens te vinden: kompel secret set { $name } --tenant { $tenant }

## Fouten

fail-exists = Er staat iets in de weg.
fail-backup = De back-up is beschadigd; er is niets uit teruggezet.
fail-trail = Het auditspoor is niet wat er vroeger getekend werd.
fail-audit-key = Dat is geen publieke sleutel van een auditspoor.
fail-audit-no-key = De publieke sleutel is niet bekend.
fail-no-secret = Er is geen geheim { $name } in het versleutelde bestand.
fail-secret-name = Dat kan geen naam van een geheim zijn.
fail-secret = Een geheim is niet te vinden.
fail-secret-short = Het geheim is te kort.
fail-secret-place = Er staat een geheim waar er geen kan staan.
fail-secrets-key = De geheimen gaan niet open.
fail-secret-input = Het geheim is niet te lezen.
fail-secret-large = Het geheim is groter dan 1 MiB.
advice-exists = Noem een andere plaats; niets wordt overschreven.
advice-backup = Gebruik een andere back-up; `kompel restore` controleert voor het schrijft.
advice-trail = `kompel audit verify` zegt waar.
advice-audit-no-key = Geef hem met --key: de tekst in kompel.audit-key.pub, of dat bestand.
advice-secret-list = `kompel secret list` toont de namen.
advice-secret-name = Gebruik 1 tot 64 letters, cijfers, '-', '_' of '.'. De waarde wordt gevraagd, en is nooit een argument.
advice-secret-set = `kompel secret set <naam>` bewaart er een; `kompel doctor` toont wat er ontbreekt.
advice-secret-short = Gebruik minstens 6 bytes: kortere zijn niet uit teksten te houden.
advice-secret-place = Geef het als hele waarde van een instelling: password = "secret://naam".
advice-secrets-key = Is kompel.age-key de sleutel waarmee kompel.secrets.age gemaakt is?
