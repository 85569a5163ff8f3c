"""Certificates of a farm: who may speak to it, and how it proves that it is the farm."""

from __future__ import annotations

import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.files import Staged
from stemwright.problems import InputError, Problem
from stemwright.words import quoted

if TYPE_CHECKING:
    from distributed import Security

ROLES = ("scheduler", "worker", "client")
_VALID = datetime.timedelta(days=825)
"""What systems take at the most of a server's own authority (Apple, 2019)."""


def make_certificates(folder: Path, today: datetime.date) -> list[Path]:
    """Write a farm's own authority and a certificate with its key for each role into `folder`.

    Keys are P-256 (FIPS 186-5), readable by their user alone. Files: ca.pem, and for each role
    ROLE.pem, which holds certificate and key. The authority's key is not kept: a further machine
    takes the role's file along, and a new set replaces all. Raises InputError `exists` where there
    are some, MachineError where they cannot be written.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    made = [folder / "ca.pem", *(folder / f"{role}.pem" for role in ROLES)]
    there = [path for path in made if path.exists()]
    if there:
        raise InputError(
            Problem(
                "exists",
                "there are certificates of a farm already",
                {"file": str(there[0])},
                hint="name another folder; machines that hold the old ones need all the new ones",
            )
        )
    begin = datetime.datetime.combine(today, datetime.time(), datetime.UTC)

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"stemwright farm {name}")])

    def built(
        name: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, *, ca: bool
    ) -> x509.Certificate:
        use = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=ca,
            crl_sign=ca,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named("authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin - datetime.timedelta(days=1))
            .not_valid_after(begin + _VALID)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), True)
            .add_extension(use, True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False
            )
        )
        if not ca:
            both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
            names: list[x509.GeneralName] = [x509.DNSName("localhost")]
            names.append(x509.IPAddress(ip_address("127.0.0.1")))
            builder = builder.add_extension(x509.ExtendedKeyUsage(both), False)
            builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        return builder.sign(by, hashes.SHA256())

    pem = serialization.Encoding.PEM
    authority = ec.generate_private_key(ec.SECP256R1())
    texts = {"ca.pem": built("authority", authority, authority, ca=True).public_bytes(pem)}
    for role in ROLES:
        key = ec.generate_private_key(ec.SECP256R1())
        texts[f"{role}.pem"] = built(role, key, authority, ca=False).public_bytes(
            pem
        ) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in made:
        with Staged(path, mode=0o600) as part:
            part.write_bytes(texts[path.name])
    return made


def security(folder: Path | None, role: str) -> Security | None:
    """How `role` proves itself with the certificates in `folder`; None without any.

    Raises InputError `no_certificates` where its files are not there, `bad_certificate` for one
    that is expired or of another authority.
    """
    if folder is None:
        return None
    from distributed import Security

    authority, own = folder / "ca.pem", folder / f"{role}.pem"
    for path in (authority, own):
        if not path.is_file():
            raise InputError(
                Problem(
                    "no_certificates",
                    f"there is no {path.name} for a farm's {role}",
                    {"file": str(path)},
                    hint=f"make a set once with stemwright farm certs {quoted(folder)}, and copy"
                    f" ca.pem and {role}.pem to this machine",
                )
            )
    _refuse_unfit(authority, own)
    roles = {f"tls_{each}_{what}": str(own) for each in ROLES for what in ("cert", "key")}
    return Security(tls_ca_file=str(authority), require_encryption=True, **roles)


def _refuse_unfit(authority: Path, own: Path) -> None:
    """Raise InputError for a certificate that no other machine of the farm would take."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    now = datetime.datetime.now(datetime.UTC)
    try:
        issuer, found = (
            x509.load_pem_x509_certificate(each.read_bytes()) for each in (authority, own)
        )
        found.verify_directly_issued_by(issuer)
        until = min(found.not_valid_after_utc, issuer.not_valid_after_utc)
        said = f"it ran out on {until:%Y-%m-%d}" if until < now else None
    except (ValueError, TypeError, InvalidSignature):
        said = f"it is no certificate, or of another set than {authority.name} beside it"
    except OSError as error:
        said = f"it cannot be read: {error.strerror}"
    if said is not None:
        hint = "make a new set with stemwright farm certs, and give every machine its files of it"
        raise InputError(
            Problem("bad_certificate", f"{own}: {said}", {"file": str(own)}, hint=hint)
        )
