"""What changes in a directory counts with the next request, on each kind of directory that is installed.

Four people are signed in and remembered for hours; then one loses their clearance, one a group, one's password is changed and one's
account is switched off. Each must be refused all the same, so it was the directory that told, and the times are printed.
"""
import base64
import os
import pathlib
import shutil
import subprocess
import time

from stand import PATIENT, ROOT, Facts, Stand, carried_out, eventually, free_port, long_remembered, new_folder

SERVERS = ROOT / "Tests/OpenLDAPDirectoryTests/Servers"
PATH = "/mlflow/api/2.0/mlflow/experiments/get-by-name?experiment_name=press4-forces-2026"
PEOPLE = ["carl", "gwen", "pete", "dirk"]


def password(name):
    return f"Sesame-{name}-1"


class Directory:
    """A server with the four people in a group `press4-analysts`."""

    def ldif(self, text):
        done = subprocess.run(self.tool, input=text, capture_output=True, text=True, env=os.environ | {"LDAPTLS_CACERT": str(self.ca)})
        if done.returncode != 0:
            raise RuntimeError(f"{self.name}: {done.stderr}\n{text}")

    def populate(self):
        for name in PEOPLE:
            self.ldif(f"dn: {self.person(name)}\nchangetype: add\n{self.entry(name)}title: lead\n")
        members = "".join(f"member: {self.person(name)}\n" for name in [*PEOPLE, *self.others])
        self.ldif(f"dn: {self.group}\nchangetype: add\n{self.group_class}cn: press4-analysts\n{members}")

    def changes(self):
        def modify(name, *lines):
            return f"dn: {self.person(name)}\nchangetype: modify\n" + "\n".join(lines) + "\n"

        return [
            ("a changed clearance", "carl", 403, modify("carl", "replace: title", "title: guest")),
            ("a removed group", "gwen", 403, f"dn: {self.group}\nchangetype: modify\ndelete: member\nmember: {self.person('gwen')}\n"),
            ("a changed password", "pete", 401, modify("pete", *self.new_password("pete"))),
            ("a disabled account", "dirk", 401, modify("dirk", *self.disable)),
        ]


class OpenLDAP(Directory):
    name, base, others = "OpenLDAP", "dc=plant,dc=example", []
    group = "cn=press4-analysts,ou=teams,dc=plant,dc=example"
    group_class = "objectClass: groupOfNames\n"
    disable = ["add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z"]
    service, secret = "cn=stile,ou=services,dc=plant,dc=example", None

    def start(self, folder, stand):
        self.ca, self.secret_file = stand.ca, stand.folder / "directory/stile.password"
        socket = str(stand.folder / "directory/run/ldapi").replace("/", "%2F")
        self.tool = ["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", "ldapi://" + socket]
        self.address = next(
            line.split('"')[1] for line in (stand.folder / "stile.yaml").read_text().splitlines() if line.startswith("  servers:")
        )
        self.ldif("dn: ou=teams,dc=plant,dc=example\nchangetype: add\nobjectClass: organizationalUnit\nou: teams\n")

    def stop(self):
        pass

    def person(self, name):
        return f"uid={name},ou=people,dc=plant,dc=example"

    def entry(self, name):
        return f"objectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: {name}\nuserPassword: {password(name)}\n"

    def new_password(self, name):
        return ["replace: userPassword", f"userPassword: {password(name)}-new"]


class Dirsrv(OpenLDAP):
    name = "389 Directory Server"
    disable = ["replace: nsAccountLock", "nsAccountLock: true"]

    def start(self, folder, stand):
        self.folder = folder
        ldap, ldaps = free_port(), free_port()
        carried_out(SERVERS / "dirsrv", "start", folder, ldap, ldaps)
        self.ca, self.secret_file, self.address = folder / "tls/ca.pem", folder / "password", f"ldaps://127.0.0.1:{ldaps}"
        self.tool = ["ldapmodify", "-x", "-H", self.address, "-D", "cn=Directory Manager", "-w", "Secret-4711"]
        self.ldif("dn: ou=teams,dc=plant,dc=example\nchangetype: add\nobjectClass: organizationalUnit\nou: teams\n")

    def stop(self):
        subprocess.run([SERVERS / "dirsrv", "stop", self.folder], capture_output=True)


class Samba(Directory):
    name, base, others = "Samba as an Active Directory", "DC=plant,DC=example", []
    group = "CN=press4-analysts,CN=Users,DC=plant,DC=example"
    group_class = "objectClass: group\nsAMAccountName: press4-analysts\n"
    disable = ["replace: userAccountControl", "userAccountControl: 514"]
    service = "CN=svcgw Test,CN=Users,DC=plant,DC=example"

    def start(self, folder, stand):
        self.folder = folder
        carried_out(SERVERS / "samba", "start", folder, "127.0.5.1")
        self.ca, self.secret_file, self.address = folder / "tls/ca.pem", folder / "secret", "ldaps://127.0.5.1"
        self.secret_file.write_text("Pw-svcgw-1\n")
        self.tool = ["ldapmodify", "-x", "-H", self.address, "-D", "administrator@plant.example", "-w", "Passw0rd!x"]

    def stop(self):
        subprocess.run([SERVERS / "samba", "stop", self.folder], capture_output=True)

    def person(self, name):
        return f"CN={name},CN=Users,DC=plant,DC=example"

    @staticmethod
    def encoded(text):
        return "unicodePwd:: " + base64.b64encode(f'"{text}"'.encode("utf-16-le")).decode()

    def entry(self, name):
        return f"objectClass: user\nsAMAccountName: {name}\nuserAccountControl: 512\n{self.encoded(password(name))}\n"

    def new_password(self, name):
        return ["replace: unicodePwd", self.encoded(password(name) + "-new")]


def installed(*programs):
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return all(shutil.which(program, path=path) for program in programs)


def serve(stand, directory):
    """Points the stand's gateway at a directory, and starts it anew."""
    stand.process.terminate()
    stand.process.wait()
    file = stand.folder / "stile.yaml"
    head, rest = file.read_text().split("\ndirectory:\n")
    services = rest[rest.index("\nservices:"):]
    file.write_text(
        f"{head}\ndirectory:\n{PATIENT}  servers: [\"{directory.address}\"]\n  ca: {directory.ca}\n  base: {directory.base}\n"
        f"  service: {{ dn: \"{directory.service}\", password-file: {directory.secret_file} }}\n{services}"
    )
    (stand.folder / "policies/clearances.yaml").write_text(
        f'- attribute: "title=lead"\n  level: confidential\n- group: "{directory.group}"\n  categories: [customer-x]\n'
    )
    # They are about the company's own clearances.
    shutil.rmtree(stand.folder / "policies/tests", ignore_errors=True)
    stand.start()


def watched(stand):
    if not eventually(lambda: "\nstile_directory_watched 1" in stand.metrics()):
        return "nothing"
    return next(line for line in stand.metrics().splitlines() if line.startswith("stile_directory_watch{"))


facts = Facts()
kinds = [OpenLDAP()]
if os.geteuid() == 0 and installed("ns-slapd", "dscreate"):
    kinds.append(Dirsrv())
if os.geteuid() == 0 and installed("samba", "samba-tool", "ldbadd"):
    kinds.append(Samba())
with Stand(edit=long_remembered) as stand:
    for directory in kinds:
        folder = new_folder("stile-")
        try:
            directory.start(folder, stand)
            directory.populate()
            serve(stand, directory)
            by = watched(stand)
            facts.hold(f"{directory.name}: changes are pushed", "polling" not in by and by != "nothing", by)
            for what, name, refusal, ldif in directory.changes():
                before = [stand.get(PATH, name=name, password=password(name)) for _ in range(2)]
                begin = time.monotonic()
                directory.ldif(ldif)
                made = time.monotonic()
                after = []
                eventually(lambda: after.append(stand.get(PATH, name=name, password=password(name))[0]) or after[-1] != 200)
                told, status = time.monotonic(), after[-1]
                facts.hold(
                    f"{directory.name}: {what} counts while its sign-in is still remembered",
                    [answer[0] for answer in before] == [200, 200] and status == refusal,
                    ([(answer[0], answer[2][:300]) for answer in before], status),
                )
                print(
                    f"      refused {told - made:.3f} s after the change was acknowledged, "
                    f"{told - begin:.3f} s after the tool was started ({by.split('=')[1]})"
                )
        finally:
            directory.stop()
            shutil.rmtree(folder, ignore_errors=True)
facts.close()
