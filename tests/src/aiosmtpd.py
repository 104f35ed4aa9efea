"""A mail server that many use: takes mails from whoever signs in over an encrypted line, and puts them into a folder.

ADDRESS PORT CERTIFICATE KEY USER PASSWORD FOLDER at-once|later
"""

import asyncio
import ssl
import sys

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult

address, port, certificate, key, user, password, folder, when = sys.argv[1:]
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)
handler = Mailbox(folder)


def signs_in(_server, _session, _envelope, _mechanism, login):
    is_right = (login.login, login.password) == (user.encode(), password.encode())
    return AuthResult(success=is_right, handled=False)


def conversation():
    at_once = when == "at-once"
    return SMTP(
        handler,
        hostname="mail.example",
        tls_context=None if at_once else tls,
        require_starttls=not at_once,
        # What is encrypted from its beginning has no STARTTLS to wait for.
        auth_require_tls=not at_once,
        auth_required=True,
        authenticator=signs_in,
    )


async def serve():
    around = tls if when == "at-once" else None
    server = await asyncio.get_running_loop().create_server(conversation, address, int(port), ssl=around)
    await server.serve_forever()


asyncio.run(serve())
