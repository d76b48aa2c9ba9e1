"""What is printed."""


def _baseline(peer, peers):
    return next(other for other in peers if other.name == ("nginx-tls" if peer.tls else "nginx"))


def ratio(peer, peers):
    """CPU per request, divided by that of nginx as a plain proxy over the same kind of connection."""
    return peer.cpu / _baseline(peer, peers).cpu


def table(peers):
    """All proxies side by side, with what each round said."""
    lines = ["proxy                 CPU µs/request   × nginx   requests/s   p50 ms   p99 ms   µs in each round"]
    for peer in peers:
        rounds = " ".join(f"{m.cpu / m.requests:.1f}" for m in peer.measurements)
        lines.append(
            f"{peer.name:<20} {peer.cpu:>15.1f} {ratio(peer, peers):>9.2f} {peer.median('rate'):>12.0f}"
            f" {peer.median('p50'):>8.2f} {peer.median('p99'):>8.2f}   {rounds}"
        )
    return "\n".join(lines)


def last_line(peers):
    """The ratios, for scripts."""
    named = {peer.name: f"{ratio(peer, peers):.2f}" for peer in peers}
    names = ["full-job-http", "full-job-tls", "nginx-auth-request", "haproxy", "apache-ldap"]
    return "ratio " + " ".join(f"{name}={named.get(name, '-')}" for name in names)
