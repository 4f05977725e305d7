"""Plays the CloudCIX library: every method of every service of its iaas module.

What the contract does not have of the eight methods that each service object has
must be refused (the front says whether the contract has it)."""
import os
import sys
import time
import types

from play import PORT, Player

VERSION = int(os.environ['VIRGA_API_VERSION'])

# Version 1 asks for localhost/iaas/v1/..., version 2 for iaas.localhost/...
settings = types.ModuleType('virga_settings')
settings.CLOUDCIX_API_URL = settings.CLOUDCIX_API_V2_URL = 'http://localhost:%d/' % PORT
settings.CLOUDCIX_API_VERSION = VERSION
settings.CLOUDCIX_API_USERNAME = os.environ['VIRGA_EMAIL']
settings.CLOUDCIX_API_PASSWORD = os.environ['VIRGA_PASSWORD']
settings.CLOUDCIX_API_KEY = os.environ['VIRGA_API_KEY']
sys.modules['virga_settings'] = settings
os.environ['CLOUDCIX_SETTINGS_MODULE'] = 'virga_settings'

import requests  # noqa: E402
from cloudcix.api import IAAS, Membership  # noqa: E402  it reads the settings
from cloudcix.auth import get_admin_token, get_token  # noqa: E402
from cloudcix.client import Client, parse_parameters  # noqa: E402
from cloudcix.exceptions import CloudCIXAuthException  # noqa: E402

# A user may ask 20 times a second (contract, section 3).
_send = requests.Session.send


def _paced(session, request, **kwargs):
    time.sleep(0.055)
    return _send(session, request, **kwargs)


requests.Session.send = _paced

p = Player()
REGION = int(os.environ['VIRGA_REGION'])
NOBODY = 999999  # the id of what could not be made
METHODS = ('list', 'get_all', 'create', 'read', 'head', 'update', 'partial_update', 'delete')

# Their answers have no _metadata (contract, section 5), without which the
# library's get_all cannot read them; or they are no lists.
NO_PAGES = {'capacity', 'ip_validator', 'policy_log', 'cloud_bill', 'run_robot', 'snapshot_tree', 'metrics', 'vpn_status'}

for name, service in vars(IAAS).items():
    if isinstance(service, Client):
        for m in METHODS:
            if not (m == 'get_all' and name in NO_PAGES):
                p.has('%s.%s' % (name, m), getattr(service, m))

WANT = {'list': 200, 'create': 201, 'read': 200, 'head': 200, 'update': 200, 'partial_update': 200, 'delete': 204}


def content(r):
    """What an answer holds, {} when it holds nothing."""
    return r.json().get('content', {}) if r is not None and r.content else {}


def do(name, method, *args, want=None, check=None, **kwargs):
    """Calls a method of a service; check gets the content. Services that this version has not are left out."""
    service = getattr(IAAS, name, None)
    if service is None:
        return {}
    if method == 'get_all':
        return p.play('%s.get_all' % name, service.get_all, *args, check=check or (lambda r: isinstance(r, list)), **kwargs) or {}
    want = want or (WANT[method],)
    return content(p.play('%s.%s' % (name, method), getattr(service, method), *args, may=want, check=lambda r: r.status_code in want and (
        check is None or check(content(r))), **kwargs))


class Life:
    """The life of a plain object: made, found in every way, changed, and at the end removed."""

    def __init__(self, name, new=None, put=None, patch=None, pk=None, want=None, params=None, **ids):
        self.name, self.new, self.put, self.patch, self.pk = name, new or {}, put or {}, patch, pk
        self.params = params or {'order': 'id', 'limit': 5}
        self.want, self.ids = want or {}, ids

    def do(self, method, *args, check=None, **kwargs):
        return do(self.name, method, *args, want=self.want.get(method), check=check, **kwargs, **self.ids)

    def __enter__(self):
        made = self.do('create', token, self.new)
        shown = self.do('list', token, self.params)
        if self.name not in NO_PAGES:
            self.do('get_all', token)
        if self.pk is None:
            self.pk = made.get('id') or next((x['id'] for x in shown or [] if isinstance(x, dict) and 'id' in x), NOBODY)
        if made.get('id'):
            self.do('list', token, {'search[id]': self.pk}, check=lambda c: [x['id'] for x in c] == [self.pk])
        one = None if self.pk == 'none' else self.pk
        self.do('read', one, token, check=lambda c: not made.get('id') or c['id'] == self.pk)
        self.do('head', token, one)
        self.do('update', one, token, self.put)
        self.do('partial_update', one, token, self.put if self.patch is None else self.patch)
        return self.pk

    def __exit__(self, kind, *_):
        if kind is None:
            self.do('delete', None if self.pk == 'none' else self.pk, token)


def live(*args, **kwargs):
    """A life with nothing else in it."""
    with Life(*args, **kwargs) as pk:
        return pk


def login():
    try:
        get_token(settings.CLOUDCIX_API_USERNAME, 'wrong', settings.CLOUDCIX_API_KEY)
    except CloudCIXAuthException as e:
        if e.error_code != 'membership_token_create_002':
            raise SystemExit('a wrong password gives %s' % e.error_code)
    else:
        raise SystemExit('a wrong password was taken')
    return get_admin_token()


def membership():
    """What IaaS clients need of the other application."""
    def ask(service, method, *args, check, **kwargs):
        r = p.play('Membership.%s.%s' % (service, method), getattr(getattr(Membership, service), method), *args,
                   check=lambda r: r.ok and check(content(r)), **kwargs)
        return content(r)
    p.play('Membership.token.create', Membership.token.create, data={
        'email': settings.CLOUDCIX_API_USERNAME, 'password': settings.CLOUDCIX_API_PASSWORD, 'api_key': settings.CLOUDCIX_API_KEY},
        check=lambda r: r.status_code == 201 and r.json()['token'])
    p.play('Membership.token.update', Membership.token.update, None, token, check=lambda r: r.status_code == 200 and r.json()['token'])
    users = ask('user', 'list', token, {'id__in': [1]}, check=lambda c: c[0]['id'] == 1)
    ask('user', 'read', 1, token, check=lambda c: c['member']['id'] == 1)
    p.other('users', lambda: p.one('/users'), lambda r: len(r) >= len(users))
    ask('address', 'read', REGION, token, check=lambda c: c['id'] == REGION)
    regions = [a for a in ask('address', 'list', token, check=lambda c: len(c) > 1) if a['cloud_region']]
    p.other('data centres', lambda: p.one('/datacenters'), lambda r: len(r) == len(regions))
    ask('member', 'list', token, check=lambda c: c[0]['id'] == 1)
    ask('member', 'read', 1, token, check=lambda c: c['id'] == 1)
    ask('cloud_bill', 'read', None, token, address_id=REGION, target_address_id=1, check=lambda c: c['is_region'])


def catalogue():
    image = live('image', put={'regions': [REGION]})
    images = do('image', 'list', token, check=lambda c: len(c) > 3)
    p.other('appliances', lambda: p.one('/server_appliances'), lambda r: len(r) == len(images))
    live('server_type')
    live('storage_type', put={'regions': [REGION]})
    live('device_type')
    live('region_image', {'image_id': image}, pk=image, want={'update': (204,)})
    live('region_storage_type', {'storage_type_id': 2}, pk=2, want={'update': (204,)})
    live('capacity', pk=1, region_id=REGION)
    live('ip_validator', pk=1, params={'address_ranges': '203.0.113.0/24', 'ip_addresses': '203.0.113.9'})
    live('metrics', pk='none', region_id=REGION, want={'read': (200, 204), 'list': (200, 204), 'head': (200, 204)})
    live('cloud_bill', pk=1)
    live('run_robot', {'project_ids': [1]}, pk=1, want={'list': (403,), 'create': (403,), 'head': (404,)})  # of robots only
    for name in ('blacklist', 'whitelist'):
        live(name, {'cidr': '198.51.100.0/24', 'comment': 'test'}, {'cidr': '198.51.100.0/24', 'comment': 'more'}, pk='198.51.100.0/24')
    return next((i['id'] for i in images if i['display_name'] == 'Ubuntu 16.04'), image)


def addresses():
    with Life('asn', {'number': 64601}, {'number': 64602}) as asn, \
            Life('allocation', {'asn_id': asn, 'address_range': '203.0.113.0/24', 'name': 'lab'},
                 {'asn_id': asn, 'address_range': '203.0.113.0/24', 'name': 'test'}, {'name': 'more'}) as allocation, \
            Life('subnet', {'address_id': REGION, 'allocation_id': allocation, 'address_range': '203.0.113.1/25', 'name': 'office'},
                 {'address_id': REGION, 'address_range': '203.0.113.1/25', 'name': 'desk'}, {'name': 'more'}) as subnet, \
            Life('ip_address', {'subnet_id': subnet, 'address': '203.0.113.9', 'name': 'printer'},
                 {'address': '203.0.113.9', 'name': 'fax'}, {'name': 'more'}) as ip:
        live('subnet_space', pk=1, allocation_id=allocation)
        live('ptr_record', {'ip_address': '203.0.113.9', 'content': 'www.example.org'}, {'content': 'mail.example.org'})
        live('ipmi', {'client_ip': '192.0.2.7', 'customer_ip_id': ip})
    live('ip_address_group', {'name': 'Office', 'cidrs': ['203.0.113.0/24']}, {'cidrs': ['203.0.113.0/25']})
    live('pool_ip', {'ip_address': '203.0.113.77', 'domain': 'pool.cloudcix.com'}, {'ip_address': '203.0.113.77', 'domain': 'more.cloudcix.com'})
    with Life('domain', {'name': 'example.org'}, {'name': 'example.net'}, {'name': 'example.org'}) as domain:
        record = {'domain_id': domain, 'name': 'example.org', 'content': 'mail.example.org', 'priority': 10}
        live('record', dict(record, type='MX'), dict(record, priority=20))
    router = {'model': 'test', 'subnet_ids': [1], 'public_port_ips': ['203.0.113.10']}
    live('router', router, {'model': 'more'})
    server = live('server', {'type_id': 2, 'ram': 64, 'cores': 16, 'storage_type_id': 2, 'gb': 1000, 'model': 'test'}, {'model': 'more'})
    live('interface', {'server_id': server, 'mac_address': '02:00:00:00:00:01'}, {'details': 'test'})
    live('device', {'device_type_id': 1, 'id_on_host': '0000:01:00.0', 'server_id': server}, {'id_on_host': '0000:02:00.0'})


def until(name, pk, *states):
    """Waits for a state; what is written between two of them would be refused."""
    service = getattr(IAAS, name)
    return p.until('%s %s in %s' % (name, pk, states), lambda: content(service.read(pk, token))['state'] in states)


def find(name, project):
    """The ways to find what belongs to a project."""
    key = {'vm': 'search[project_id]', 'virtual_router': 'search[project_id]'}[name]
    found = do(name, 'list', token, {key: project, 'order': '-created', 'limit': 10}, check=lambda c: len(c) == 1)
    do(name, 'get_all', token, {key: project}, check=lambda c: [x['id'] for x in c] == [found[0]['id']])
    do(name, 'read', found[0]['id'], token, check=lambda c: c['id'] == found[0]['id'])
    do(name, 'head', token, found[0]['id'])
    return found[0]['id']


def projects(image):
    new = {'region_id': REGION, 'name': 'web', 'note': 'test', 'grace_period': 0}
    project = do('project', 'create', token, new, check=lambda c: c['name'] == 'web')['id']
    do('project', 'list', token, {'search[name]': 'web', 'exclude[id__in]': (77, 78)}, check=lambda c: [x['id'] for x in c] == [project])
    do('project', 'get_all', token, check=lambda c: project in [x['id'] for x in c])
    do('project', 'read', project, token, check=lambda c: c['id'] == project)
    do('project', 'head', token, project)
    do('project', 'update', project, token, {'name': 'web', 'note': 'changed', 'grace_period': 0}, check=lambda c: c['note'] == 'changed')
    do('project', 'partial_update', project, token, {'name': 'shop'}, check=lambda c: c['name'] == 'shop')
    do('project', 'delete', project, token)

    router = find('virtual_router', project)
    do('virtual_router', 'create', token, {'project_id': project})
    until('virtual_router', router, 4)
    front = {'address_range': '10.0.0.1/24', 'name': 'front'}
    do('virtual_router', 'partial_update', router, token, {'subnets': [front]}, check=lambda c: c['subnets'][0]['name'] == 'front')
    until('virtual_router', router, 4)
    subnet = content(IAAS.virtual_router.read(router, token))['subnets'][0]
    do('virtual_router', 'update', router, token, {'subnets': [dict(front, id=subnet['id'], address_id=subnet['address_id'], name='stage')]},
       check=lambda c: c['subnets'][0]['name'] == 'stage')
    until('virtual_router', router, 4)
    do('virtual_router', 'delete', router, token)
    p.other('network', lambda: p.one('/private_networks?q=stage'), lambda r: r[0]['network_address'] == '10.0.0.0')

    vm = machines(project, image)
    storages(vm)
    snapshots(vm)
    volumes(project, vm)
    vpns(router)
    live('policy_log', pk=1, project_id=project)
    clouds(project, subnet, vm, image)
    history(vm)
    do('project', 'partial_update', project, token, {'state': 8}, check=lambda c: c['shut_down'])
    until('vm', vm, 99)
    p.other('closed vm', lambda: p.one('/servers?q=www2'), lambda r: r == [])


def machines(project, image):
    bad = p.play('vm.create', IAAS.vm.create, token, {'project_id': project, 'storages': [{'name': 'x'}]}, may=(400,),
                 check=lambda r: r.json()['errors']['image_id']['error_code'] == 'iaas_vm_create_105')
    assert bad is not None
    vm = do('vm', 'create', token, {
        'project_id': project, 'image_id': image, 'storage_type_id': 2, 'cpu': 2, 'ram': 4, 'dns': '192.0.2.53', 'name': 'www',
        'gateway_subnet': '10.0.0.1/24', 'ip_addresses': [{'address': '10.0.0.10', 'nat': True}],
        'storages': [{'name': 'root', 'gb': 40, 'primary': True}],
    }, check=lambda c: c['state'] == 1)['id']
    until('vm', vm, 4)
    find('vm', project)
    found = [vm] if parse_parameters({'name': 'w w w'})['name'] == 'www' else []  # older versions send no blanks
    do('vm', 'list', token, {'search[name]': 'w w w'}, check=lambda c: [x['id'] for x in c] == found)
    nat = content(IAAS.vm.read(vm, token))['ip_addresses'][0]['public_ip']['address']

    def server():
        """The 1&1 dialect shows a change for two seconds at least."""
        return p.until('server at rest', lambda: next((s for s in p.one('/servers?q=www') if s['status']['percent'] is None), None))
    p.other('server', server, lambda s: (s['status']['state'], s['hardware']['vcore'], s['hardware']['ram'], s['ips'][0]['ip']) == (
        'POWERED_ON', 2, 4, nat))
    p.other('public ip', lambda: p.one('/public_ips?q=' + nat), lambda r: r[0]['ip'] == nat)
    do('vm', 'update', vm, token, {'name': 'www1', 'cpu': 4, 'ip_addresses': [{'address': '10.0.0.10', 'nat': True}]}, check=lambda c: c['cpu'] == 4)
    until('vm', vm, 4)
    p.other('resized server', server, lambda s: (s['name'], s['hardware']['vcore']) == ('www1', 4))
    do('vm', 'partial_update', vm, token, {'state': 5}, check=lambda c: c['state'] == 5)
    until('vm', vm, 6)
    p.other('stopped server', server, lambda s: s['status']['state'] == 'POWERED_OFF')
    do('vm', 'partial_update', vm, token, {'state': 7, 'name': 'www2'}, check=lambda c: c['name'] == 'www2')
    until('vm', vm, 4)
    do('vm', 'delete', vm, token)
    return vm


def storages(vm):
    made = do('storage', 'create', token, {'name': 'data', 'gb': 20}, vm_id=vm, check=lambda c: c['gb'] == 20)['id']
    until('vm', vm, 4)
    do('storage', 'list', token, vm_id=vm, check=lambda c: sorted(s['gb'] for s in c) == [20, 40])
    do('storage', 'get_all', token, vm_id=vm, check=lambda c: len(c) == 2)
    do('storage', 'read', made, token, vm_id=vm, check=lambda c: c['name'] == 'data')
    do('storage', 'head', token, made, vm_id=vm)
    for method in ('update', 'partial_update'):
        do('storage', method, made, token, {'gb': 40}, vm_id=vm)
    do('storage', 'delete', made, token, vm_id=vm)
    p.other('hdds', lambda: p.one('/servers/%s/hardware/hdds' % p.one('/servers?q=www2')[0]['id']), lambda r: sorted(
        h['size'] for h in r) == [20, 40])


def snapshots(vm):
    with Life('snapshot', {'vm_id': vm, 'name': 'before'}, {'name': 'then'}, {'name': 'before'}) as snapshot:
        live('snapshot_tree', pk='none', vm_id=vm)
        live('snapshot_history', pk=1)
        if snapshot != NOBODY:
            until('snapshot', snapshot, 4)
            p.other('snapshot', lambda: p.one('/servers/%s/snapshots' % p.one('/servers?q=www2')[0]['id']), lambda r: r['id'])
            IAAS.snapshot.partial_update(snapshot, token, {'state': 8})
            until('snapshot', snapshot, 99)
    live('backup', {'vm_id': vm, 'name': 'weekly', 'repository': 1}, {'name': 'daily'})
    live('backup_history', pk=1)


def volumes(project, vm):
    with Life('ceph', {'project_id': project, 'CEPH_001': 20, 'name': 'disk'}, {'name': 'plate'}) as ceph:
        live('attach', pk='none', resource_id=ceph, parent_resource_id=vm, want={'update': (204,)})
        live('detach', pk='none', resource_id=ceph, want={'update': (204,)})


def vpns(router):
    tunnel = {'description': 'office', 'ike_gateway_type': 'public_ip', 'ike_gateway_value': '203.0.113.50', 'ike_pre_shared_key': 's3cret-k3y',
              'routes': [{'local_subnet': '10.0.0.1/24', 'remote_subnet': '192.168.9.0/24'}]}
    with Life('vpn', dict(tunnel, virtual_router_id=router, vpn_type='site_to_site'), tunnel, {'description': 'home'}) as vpn:
        live('vpn_history', pk=1)
        live('vpn_status', pk='none', vpn_id=vpn)


def clouds(project, subnet, vm, image):
    new = {
        'project': {'region_id': REGION, 'name': 'cloud', 'grace_period': 0}, 'subnets': [{'address_range': '10.0.0.1/24', 'name': 'front'}],
        'vms': [{'image_id': image, 'storage_type_id': 2, 'cpu': 1, 'ram': 1, 'dns': '192.0.2.53', 'name': 'one', 'gateway_subnet': '10.0.0.1/24',
                 'ip_addresses': [{'address': '10.0.0.10', 'nat': False}], 'storages': [{'name': 'root', 'gb': 40, 'primary': True}]}],
        'firewall_rules': [{'allow': True, 'source': '*', 'destination': '10.0.0.10', 'protocol': 'tcp', 'port': '80,443'}],
    }
    live('cloud', new, {
        'project': {'name': 'shop'}, 'subnets': [{'id': subnet['id'], 'address_range': '10.0.0.1/24', 'name': 'stage'}],
        'vms': [{'id': vm, 'cpu': 4, 'ip_addresses': [{'address': '10.0.0.10', 'nat': True}]}], 'firewall_rules': []}, pk=project)


def history(vm):
    do('vm_history', 'list', token, {'search[vm_id]': vm}, check=lambda c: {4, 5, 6} <= {h['state'] for h in c})
    do('vm_history', 'get_all', token, {'search[vm_id]': vm}, check=lambda c: len(c) > 3)
    do('vm_history', 'head', token)
    for method, args in (('create', (token, {})), ('read', (1, token)), ('update', (1, token, {})), ('partial_update', (1, token, {})),
                         ('delete', (1, token))):
        do('vm_history', method, *args)
    p.other('log', lambda: p.one('/logs?period=LAST_24H&q=www'), lambda r: len(r) > 1)


def everything():
    for method in ('list', 'create', 'read', 'update', 'delete'):
        p.misprint('ipaddress.%s()' % method, lambda: getattr(IAAS.ipaddress, method))
    membership()
    image = catalogue()
    addresses()
    projects(image)


token = login()
p.run(everything)
