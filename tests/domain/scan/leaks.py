"""Lines that leak a secret, as people write them; every secret is made up."""

from __future__ import annotations

import base64
import random
import string

_RANDOM = random.Random(9)  # noqa: S311 - the same in every run
_LETTERS = string.ascii_letters + string.digits


def letters(count: int, alphabet: str = _LETTERS) -> str:
    """Return random characters, the same in every run."""
    return "".join(_RANDOM.choices(alphabet, k=count))


def digits(count: int) -> str:
    return letters(count, string.digits)


def hexadecimal(count: int) -> str:
    return letters(count, "0123456789abcdef")


HF = "hf_" + letters(34)
OWN = "hf_" + letters(20) + "-" + letters(10) + "_" + letters(11)  # of the embedded Hub
LOGIN = base64.b64encode(b"ada:" + letters(12).encode()).decode()
WORD = "Tr0ub4dor"

LEAKS = {
    "embedded Hub": f"export HF_TOKEN={OWN}",
    "embedded Hub, quoted": f'login(token="{OWN}")',
    "curl -u": f"curl -sS -u ada:{WORD} https://h/x",
    "curl --user": f"curl --user 'ada:{WORD}' https://h/x",
    "curl, continued": f"curl -X POST \\\n  -u ada:{WORD} https://h/x",
    "curl, from Python": f'run(["curl", "-u", "ada:{WORD}", url])',
    "a poor password": "PGPASSWORD=secret psql -h db -U ada",
    "PGPASSWORD": "PGPASSWORD=swordfish psql -h db -U ada",
    "MYSQL_PWD": "export MYSQL_PWD='swordfish'",
    "mysql -p": f"mysql -u ada -p{WORD} db",
    "sshpass": "sshpass -p swordfish ssh ada@host",
    "sshpass, joined": "sshpass -pswordfish scp x ada@host:",
    "environment": f"DB_PASSWORD={WORD} python load.py",
    "netrc": "machine h.org login ada password swordfish",
    "netrc, on lines": "machine h.org\n  login ada\n  password swordfish",
    "netrc, default": "default login ada password swordfish",
    "wget": f"wget --user=ada --password={WORD} https://h/x",
    "docker login": "docker login -u ada -p swordfish r.org",
    "redis-cli": "redis-cli -a swordfish",
    "pgpass": f"db.org:5432:base:ada:{WORD}",
    "requests": f'get(url, auth=("ada", "{WORD}"))',
    "basic auth": f'HTTPBasicAuth("ada", "{WORD}")',
    "Authorization: Basic": f"Authorization: Basic {LOGIN}",
    "Authorization: Bearer": f'headers = {{"Authorization": "Bearer {letters(24)}"}}',
    "Authorization, in curl": f'curl -H "Authorization: Bearer {letters(30)}" https://h',
    "API key, in curl": f'curl -H "X-API-Key: {letters(24)}" https://h',
    "Bearer": f"auth = 'Bearer {letters(40)}'",
    "Docker": '{"auths": {"r.org": {"auth": "' + LOGIN + '"}}}',
    "Azure": "AccountName=x;AccountKey=" + letters(86) + "==;",
    "AWS, named": "aws_secret_access_key = " + letters(40),
    "AWS, of a session": "aws_session_token=" + letters(300),
    "AWS, bare": "AKIA" + letters(16, string.ascii_uppercase) + "\n" + letters(40),
    "AWS, quoted": f's3 = client(secret="{letters(40)}")',
    "wandb": f'wandb.login(key="{hexadecimal(40)}")',
    "wandb login": f"wandb login {hexadecimal(40)}",
    "wandb, new": f"wandb_v1_{letters(77)}",
    "Stripe": "sk_" + f"live_{letters(24)}",
    "npm": f"npm_{letters(36)}",
    "npm, npmrc": f"//npm.example.org/:_authToken={letters(36)}",
    "SendGrid": f"SG.{letters(22)}.{letters(43)}",
    "Telegram": f"{digits(10)}:AA{letters(33)}",
    "Discord": f"M{letters(25)}.{letters(6)}.{letters(38)}",
    "Discord, webhook": f"https://discord.com/api/webhooks/{digits(18)}/{letters(68)}",
    "DigitalOcean": f"dop_v1_{hexadecimal(64)}",
    "Kaggle": '{"username":"ada","key":"' + hexadecimal(32) + '"}',
    "Kaggle, environment": f"export KAGGLE_KEY={hexadecimal(32)}",
    "NEWT": f'cookies.set("newt_sessionid", "{hexadecimal(32)}")',
    "NEWT, in curl": f'curl -b "newt_sessionid={hexadecimal(32)}" https://newt.nersc.gov',
    "JWK": f'{{"kty": "EC", "d": "{letters(43)}"}}',
    "JWK, in a string": f'key = "{{\\"kty\\": \\"EC\\", \\"d\\": \\"{letters(43)}\\"}}"',
    "JWK, symmetric": f'{{"kty": "oct", "k": "{letters(43)}"}}',
    "in a notebook": f'"source": ["password = \\"{WORD}\\"\\n"]',
    "after a line break": f'print("token\\n{HF}")',
    "zero-width": HF[:9] + "\u200b" + HF[9:],
    "zero-width in the mark": "h\u200df_" + HF[3:],
    "soft hyphen": HF[:9] + "\u00ad" + HF[9:],
    "tag characters": HF[:9] + "\U000e0061" + HF[9:],
    "in a file's name": f"backup_{HF}.txt",
    "strings side by side": f'token = "hf_" "{HF[3:]}"',
    "strings added": f"token = 'hf_' + '{HF[3:]}'",
    "strings in parentheses": f'token = (\n    "{HF[:12]}"\n    "{HF[12:]}"\n)',
    "strings added on lines": f'token = "{HF[:12]}" + \\\n    "{HF[12:]}"',
    "strings with a comment": f'token = (\n    "{HF[:12]}"  # one\n    "{HF[12:]}"\n)',
    "mark split": f'token = "h" + "f_{HF[3:]}"',
    "continued line": f"export T={HF[:12]}\\\n{HF[12:]}",
    "three strings": f'"{HF[:9]}" "{HF[9:19]}" f"{HF[19:]}"',
}
