"""The studio: the screen at `/`, and what its buttons do. Nothing of it is in the package."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import BadRequest, Forbidden, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from chalicelib.domain.desk_calendar import at_paris
from chalicelib.domain.dossier import Dossier
from chalicelib.entrypoints.console.cookies import SESSION
from chalicelib.messages.console.pages import htmx
from local.clock.paris import NotAnInstant, Span, instant
from local.demo.cast import FORM, NotAsExpected
from local.studio.booking_system import WAYS, Outgoing, Sent, event_forms, event_of
from local.studio.documents import picture_of
from local.studio.journeys import Journeys
from local.studio.outbox import Message
from local.studio.scenes import SCENES, newcomers
from local.studio.screen import PAGES, Address, Playing, Screen, newest_links, render
from local.studio.sensible import values_for
from local.world import World

#: Time travels no further: what is tried here is a life of a dossier.
LAST_YEAR = 2050

#: Who came in to the desk by the studio, and comes in again when time has run past the session.
CAME_IN_AS = "studio-desk"

ROUTES = Map(
    [
        Rule("/", endpoint="screen", methods=["GET"]),
        Rule("/studio/style.css", endpoint="style", methods=["GET"]),
        Rule("/studio/icon.svg", endpoint="icon", methods=["GET"]),
        Rule("/favicon.ico", endpoint="icon", methods=["GET"]),  # the product's pages have none
        Rule("/studio/htmx.js", endpoint="script", methods=["GET"]),
        Rule("/studio/mail/<int:number>", endpoint="mail", methods=["GET"]),
        Rule("/studio/paper/<int:number>.png", endpoint="paper", methods=["GET"]),
        Rule("/studio/file/<int:number>/<int:which>", endpoint="file", methods=["GET"]),
        Rule("/studio/clock", endpoint="clock", methods=["POST"]),
        Rule("/studio/scene", endpoint="scene", methods=["POST"]),
        Rule("/studio/say", endpoint="say", methods=["POST"]),
        Rule("/studio/replay", endpoint="replay", methods=["POST"]),
        Rule("/studio/student", endpoint="student", methods=["POST"]),
        Rule("/studio/fault", endpoint="fault", methods=["POST"]),
        Rule("/studio/desk", endpoint="desk", methods=["POST"]),
    ],
    strict_slashes=False,
)

#: A page of the studio loads what is ours, and runs the one script that the product ships.
_PAGE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
#: A mail in its frame shows its own styles, loads nothing, runs nothing, and opens its links in
#: a tab of their own.
_MAIL = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " sandbox allow-popups allow-popups-to-escape-sandbox",
    "Cache-Control": "no-store",
}

#: What a mail says that is for whoever reads in the dark.
_DARK_ONLY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")

FAULT_ASKS = ("notice", "to", "channel", "by", "function", "when")


class Studio:
    """Answers what is asked of the screen and its buttons. Not for two threads at once, but for
    `pulse`, which only looks.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._journeys = Journeys(world)
        self._playing: Playing | None = None
        self._steps: Iterator[str] = iter(())
        self._sent: Sent | None = None
        self._said = ""

    def answer(self, request: Request) -> Response:
        """The answer to one request. Raises HTTPException, and what the world refuses."""
        endpoint, values = ROUTES.bind_to_environ(request.environ).match()
        view: Callable[..., Response] = getattr(self, f"_{endpoint}")
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise Forbidden("a button of another site")
        return view(request, **values)

    def refused(self, request: Request, why: str) -> Response:
        """Back to where the button was, and why it did nothing."""
        self._said = why
        return self._back(request)

    # Live

    def pulse(self, request: Request) -> Response:
        """What time it is, and whether anything has changed since `seen`: then the screen looks."""
        seen, version = request.args.get("seen", ""), self.version
        page = render("pulse.html.j2", now=self._world.now(), version=version, playing=self._now())
        response = _html(page)
        if seen != version:
            response.headers["HX-Trigger"] = "changed"
        return response

    @property
    def version(self) -> str:
        """Another one as soon as anything has happened: counted, without asking anybody."""
        told = len(self._playing.told) if self._playing else 0
        sent, calls, done = self._world.sent, self._world.calls.made, self._world.faults.done
        return f"{len(sent)}.{len(self._world.told)}.{len(calls)}.{len(done)}.{told}"

    # Scenes

    def stage(self, name: str) -> str:
        """Set a scene up, to be played step by step; the dossier it is about. Raises KeyError."""
        scene, who = SCENES[name], next(newcomers(self._world))
        self._playing = Playing(scene=scene, name=name, told=[])
        self._steps = scene.play(self._world, who)
        self._said = ""
        return who.dossier_id

    def play_on(self) -> bool:
        """Do the next step of the scene that is played; False if there is none."""
        playing = self._now()
        if playing is None:
            return False
        try:
            with self._journeys.journey(goes_on=bool(playing.told)):
                playing.told.append(next(self._steps))
        except StopIteration:
            playing.is_over = True
        except NotAsExpected as error:
            playing.is_over, self._said = True, f"The scene went otherwise: {error}"
        return not playing.is_over

    def _now(self) -> Playing | None:
        return self._playing if self._playing and not self._playing.is_over else None

    # What is shown

    def _screen(self, request: Request) -> Response:
        screen = Screen(
            world=self._world,
            at=Address(request.args.to_dict()),
            journey=self._journeys.last,
            playing=self._playing,
            sent=self._sent,
            said=self._said,
            version=self.version,
        )
        return _html(screen.page())

    def _style(self, _request: Request) -> Response:
        return _file((PAGES / "style.css").read_bytes(), "text/css")

    def _icon(self, _request: Request) -> Response:
        return _file((PAGES / "icon.svg").read_bytes(), "image/svg+xml")

    def _script(self, _request: Request) -> Response:
        return _file(htmx().encode(), "text/javascript")

    def _mail(self, request: Request, number: int) -> Response:
        """An e-mail as a mail program shows it that is light, or dark, whatever the browser is;
        its links open beside it.
        """
        is_dark = request.args.get("view") == "dark"
        page = self._message(number).html.replace("<head>", '<head><base target="_blank">', 1)
        page = _DARK_ONLY.sub("all" if is_dark else "not all", page)
        page = page.replace("light dark", "dark" if is_dark else "light")
        return Response(page, mimetype="text/html", headers=_MAIL)

    def _paper(self, _request: Request, number: int) -> Response:
        """The PDF behind the message's link, fetched as the student fetches it."""
        pages = [link for link in self._message(number).links if "/convocation/" in link]
        link = pages[0].removesuffix("/pdf") if pages else ""
        where = self._world.request("GET", f"{link}/pdf").header("Location") if link else None
        if where is None:
            raise NotFound("there is no paper behind this message any more")
        return _file(picture_of(self._world.download(where)), "image/png")

    def _file(self, _request: Request, number: int, which: int) -> Response:
        files = self._message(number).attachments
        if which >= len(files):
            raise NotFound("nothing of this number hangs on this message")
        name = files[which].filename
        response = _file(files[which].content, guess_type(name)[0] or "application/octet-stream")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _message(self, number: int) -> Message:
        try:
            return self._world.sent[number - 1][0] if number else _nothing()
        except IndexError:
            return _nothing()

    # Buttons

    def _clock(self, request: Request) -> Response:
        form, now = request.form, self._world.now()
        self._said = ""
        if form.get("next"):
            self._journeys.to_next()
        else:
            to = Span.parse(form["advance"]).after(now) if form.get("advance") else _hour(form)
            if to.year > LAST_YEAR:
                raise BadRequest(f"time travels until {LAST_YEAR}")
            self._journeys.to(to)
        return self._back(request)

    def _scene(self, request: Request) -> Response:
        name = request.form.get("name", "")
        if name not in SCENES or SCENES[name].begins:
            raise BadRequest("there is no such scene")
        if self._now():
            raise BadRequest("a scene is being played")
        who = self.stage(name)
        is_of_many = SCENES[name].is_of_many
        about = {"side": "scenes"} if is_of_many else {"side": "dossier", "dossier": who}
        return redirect(Address({}).with_(**about), 303)

    def _say(self, request: Request) -> Response:
        form = request.form.to_dict()
        kind, how = form.get("type", ""), form.get("how", "")
        if kind not in event_forms():
            raise BadRequest("there is no such event")
        if form.get("usual"):
            form |= values_for(kind, self._world, self._known(form["usual"]))
        out = Outgoing(event=event_of(kind, form, self._world.now()), sign=self._signed)
        if how not in WAYS:  # only to be shown
            self._sent = Sent(kind=kind, requests=[out.once()])
            return self._back(request)
        self._send(Sent(kind=kind, way=how, requests=WAYS[how].requests(out)))
        dossier_id = str(out.event["data"].get("dossier_id", ""))
        return self._back(request, dossier=dossier_id if self._known(dossier_id) else None)

    def _signed(self, event: Mapping[str, Any], ago: timedelta, _number: int) -> Any:
        return self._world.signed(event, at=self._world.now() - ago)

    def _replay(self, request: Request) -> Response:
        """The same bytes once more, as anybody could who had listened."""
        if self._sent is None:
            raise BadRequest("nothing was sent yet")
        self._send(Sent(kind=self._sent.kind, way="replay", requests=self._sent.requests))
        return self._back(request)

    def _send(self, sent: Sent) -> None:
        with self._journeys.journey():
            answers = [self._world.send(one) for one in sent.requests]
        self._said = ""
        self._sent = Sent(kind=sent.kind, way=sent.way, requests=sent.requests, answers=answers)

    def _student(self, request: Request) -> Response:
        """What a button behind the newest link of a student does."""
        page, dossier_id = request.form.get("page", ""), request.form.get("dossier", "")
        links = newest_links(self._world, dossier_id)
        if page not in links:
            raise BadRequest("no message had a link to that page")
        with self._journeys.journey():
            reply = self._world.request("POST", links[page], FORM)
        self._said = "" if reply.status < 400 else f"The page answered {reply.status}."
        return self._back(request)

    def _fault(self, request: Request) -> Response:
        form = request.form
        name, given = form.get("name", ""), {k: form[k] for k in FAULT_ASKS if form.get(k)}
        wanted = "0" if form.get("off") else form.get("times" if form.get("these") else "count", "")
        numbers = {"count": int(wanted) if wanted.isdecimal() else 1}
        if form.get("call", "").isdecimal():
            numbers["call"] = int(form["call"])
        self._world.faults.switch({name: {**given, **numbers}})
        self._said = ""
        return self._back(request)

    def _desk(self, request: Request) -> Response:
        """In with one click, to a page of the desk. Whoever is in already only goes there."""
        name, to = request.form.get("as", "agent"), request.form.get("to", "/desk")
        if not to.startswith("/desk"):
            raise BadRequest("that is no page of the desk")
        if self._world.signed_in(request.cookies.get(SESSION, "")) == name:
            return redirect(to, 303)
        return self.come_in(name, to) or self.refused(
            request, "A telephone’s code is good once: wait half a minute, or travel."
        )

    def come_in(self, name: str, to: str) -> Response | None:
        """Through the real sign-in, and on to a page of the desk; None where it is refused.

        Raises NotAnOperator.
        """
        reply = self._world.sign_in(name)
        if reply.status != 303:
            return None
        response = redirect(to, 303)
        for header, value in reply.headers:
            if header == "Set-Cookie":
                response.headers.add(header, value)
        response.set_cookie(CAME_IN_AS, name, path="/desk", httponly=True, samesite="Strict")
        return response

    def _back(self, request: Request, **changes: str | None) -> Response:
        """To the screen as it was, which says of itself where that is."""
        where = urlsplit(request.form.get("back", "/"))
        return redirect(Address.parsed(where.query).with_(**changes), 303)

    def _known(self, dossier_id: str) -> Dossier | None:
        sheet = self._world.sheet(dossier_id) if dossier_id else None
        return sheet.dossier if sheet else None


def _nothing() -> Message:
    raise NotFound("there is no such message")


def _hour(form: Mapping[str, str]) -> datetime:
    """An hour of Paris, as a browser's own field gives it. Raises NotAnInstant."""
    try:
        local = datetime.fromisoformat(form.get("to", ""))
    except ValueError as error:
        raise NotAnInstant("say a day and an hour") from error
    return instant(local.isoformat()) if local.tzinfo else at_paris(local.date(), local.time())


def _html(page: str) -> Response:
    return Response(page, mimetype="text/html", headers=_PAGE)


def _file(content: bytes, kind: str) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(content, mimetype=kind, headers=headers)
