"""A real mail server (aiosmtpd) for the tests: mail.py OUT PORT [CERT KEY]

Wants the login kompel / right-of-the-test, holds each mail as a line of JSON in OUT.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

OUT = sys.argv[1]


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 nobody here of that name"
        if address.startswith("later@"):
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = {"to": envelope.rcpt_tos, "data": envelope.content.decode("utf-8", "replace")}
        with open(OUT, "a") as out:
            out.write(json.dumps(mail) + "\n")
        return "250 OK"


def login(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"kompel", b"right-of-the-test")
    return AuthResult(success=right, handled=False)


async def main():
    tls = None
    if len(sys.argv) > 4:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(sys.argv[3], sys.argv[4])
    make = lambda: SMTP(
        Keep(), hostname="mail.test", authenticator=login, auth_required=True,
        auth_require_tls=False, tls_context=tls, require_starttls=tls is not None,
    )
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", int(sys.argv[2]))
    await server.serve_forever()


asyncio.run(main())
