"""What the scripts of the Python clients share: names that lead to this machine
and nowhere else, a record of every call, and eyes on the other dialect."""
import inspect
import json
import os
import socket
import time

PORT, TLS_PORT = int(os.environ['VIRGA_PORT']), int(os.environ['VIRGA_TLS_PORT'])

# The helper classes of the 1&1 SDK have this address built in.
SDK_HOST = 'cloudpanel-api.1and1.com'

_getaddrinfo = socket.getaddrinfo


def _resolve(host, port, *args, **kwargs):
    """Every name that a client may ask for is this machine; any other is an error."""
    host = host.decode() if isinstance(host, bytes) else host
    if host == SDK_HOST:
        host, port = '127.0.0.1', TLS_PORT
    elif host == 'localhost' or host.endswith('.localhost'):
        host = '127.0.0.1'
    if host != '127.0.0.1':
        raise OSError('a client asked for %s, which is not of this test' % host)
    return _getaddrinfo(host, port, *args, **kwargs)


socket.getaddrinfo = _resolve

import requests  # noqa: E402  after the resolver

# Clients sleep up to 15 s between two looks; simulated machines are ready sooner.
_sleep = time.sleep
time.sleep = lambda seconds: _sleep(min(seconds, 0.2))

# Statuses that came since a method was called, and what the front says about the
# operation that was reached. Clients are only watched: some of them hand on
# whatever came as if it were the object.
_statuses, _operations = [], []
_send = requests.Session.send


def _watched(session, request, **kwargs):
    response = _send(session, request, **kwargs)
    _statuses.append(response.status_code)
    _operations.append(response.headers.get('X-Test-Operation'))
    return response


requests.Session.send = _watched


class Wrong(Exception):
    """What came back is not what the document promises."""


class Player:
    """Plays the methods of one client and keeps what came of each."""

    def __init__(self):
        self.methods, self.calls, self.refused = {}, [], []
        self.base = 'http://127.0.0.1:%d' % PORT
        self.raw = requests.Session()
        self.jwt = None

    def has(self, name, function):
        """Notes a method that the client has, with its parameters."""
        self.methods[name] = [p for p in inspect.signature(function).parameters if p != 'self']

    def play(self, name, function, /, *args, check=None, may=(), **kwargs):
        """Calls a method and judges it. Gives the answer, or None when the product
        has none yet or the answer was wrong.

        check gets the answer and raises or says False when it is wrong; may are
        statuses of failure that are right here."""
        try:
            given = list(inspect.signature(function).bind(*args, **kwargs).arguments)
        except TypeError as e:
            return self._end(name, [], 'wrong', 'the client does not take these arguments: %s' % e)
        _statuses.clear()
        _operations.clear()
        answer, failed = None, None
        try:
            answer = function(*args, **kwargs)
        except Exception as e:  # whatever a client raises is its way to say no
            failed = '%s: %s' % (type(e).__name__, str(e)[:1500])
        came = list(_statuses)
        if 501 in came:
            return self._end(name, given, 'not built', '')
        if _operations and _operations[-1] == 'none' and came[-1] in (404, 405):
            return self._end(name, given, 'no such operation', '')
        if failed is None and check is not None:
            try:
                if not check(answer):
                    failed = 'the answer is not right'
            except Exception as e:  # a value that is not there
                failed = 'the answer is not right: %s: %s' % (type(e).__name__, str(e)[:500])
            failed = failed and '%s: %s' % (failed, str(answer)[:1500])
        if failed is None and any(s >= 400 and s not in may for s in came):
            failed = 'statuses %s: %s' % (came, str(answer)[:1500])
        if failed is not None:
            return self._end(name, given, 'wrong', failed)
        self._end(name, given, 'works', '')
        return answer

    def _end(self, name, given, outcome, reason):
        self.calls.append({'method': name, 'args': given, 'outcome': outcome, 'reason': reason})

    def misprint(self, text, function, /, *args, **kwargs):
        """Calls a method as the document misprints it, which the client must refuse."""
        try:
            function(*args, **kwargs)
        except Exception:  # its way to refuse differs
            self.refused.append(text)

    def run(self, script):
        """Runs a script to its end or its fall, and reports in both cases."""
        try:
            script()
        finally:
            self._report()

    def _report(self):
        with open(os.environ['VIRGA_REPORT'], 'w') as f:
            json.dump({'methods': self.methods, 'calls': self.calls, 'refused': self.refused}, f)

    def until(self, what, condition, limit=60):
        """Polls until a condition holds."""
        end = time.monotonic() + limit
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > end:
                raise SystemExit('%s: not after %d s' % (what, limit))
            _sleep(0.1)

    # The other dialect, without its client: what one made, the other shows.

    def one(self, path):
        """GET of the 1&1 dialect, for the scripts of CloudCIX."""
        return self._seen(path, self.raw.get(self.base + '/v1' + path, headers={'X-TOKEN': os.environ['VIRGA_TOKEN']}))

    def cix(self, path, **search):
        """GET of the CloudCIX dialect, for the scripts of 1&1: its content."""
        if self.jwt is None:
            r = self.raw.post(self.base + '/membership/v1/auth/login/', json={
                'email': os.environ['VIRGA_EMAIL'], 'password': os.environ['VIRGA_PASSWORD'], 'api_key': os.environ['VIRGA_API_KEY']})
            self.jwt = r.json()['token']
        params = {'search[%s]' % k: v for k, v in search.items()}
        return self._seen(path, self.raw.get(self.base + path, params=params, headers={'X-Auth-Token': self.jwt}))['content']

    @staticmethod
    def _seen(path, r):
        if r.status_code != 200:
            raise Wrong('%s: %d %s' % (path, r.status_code, r.text))
        return r.json()

    def other(self, name, look, check):
        """Judges what the other dialect shows of an object, under a name of its own."""
        return self.play('other: ' + name, look, check=check)
