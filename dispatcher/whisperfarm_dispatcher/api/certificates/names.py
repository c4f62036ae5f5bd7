"""The names of a certificate under which the operator can list it."""

from collections.abc import Iterator

from cryptography import x509

KINDS = ("DNS", "URI", "email", "subject")


def names_of(certificate: x509.Certificate) -> frozenset[str]:
    """Return the names, each with its kind, such as `DNS:recorder-1.example.org`.

    They are those of the extension `subjectAltName`, and the subject in the form of RFC 4514, such
    as `subject:CN=recorder-1,O=Example`. Raises `ValueError` if the certificate is malformed.
    """
    return frozenset(_alternative_names(certificate)) | _subject(certificate)


def _alternative_names(certificate: x509.Certificate) -> Iterator[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return
    names = extension.value
    yield from (f"DNS:{name.lower()}" for name in names.get_values_for_type(x509.DNSName))
    identifiers = names.get_values_for_type(x509.UniformResourceIdentifier)
    yield from (f"URI:{name}" for name in identifiers)
    yield from (f"email:{name}" for name in names.get_values_for_type(x509.RFC822Name))


def _subject(certificate: x509.Certificate) -> frozenset[str]:
    subject = certificate.subject.rfc4514_string()
    return frozenset({f"subject:{subject}"} if subject else ())
