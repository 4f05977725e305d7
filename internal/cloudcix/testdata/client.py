"""Drives the dialect with the published Python client of CloudCIX.

Arguments: port, API version, region id, image id. Ends with a line "ok".
"""
import json
import os
import socket
import sys
import types

port, version, region, image = (int(a) for a in sys.argv[1:5])

# Names of the test lead to this machine and nowhere else.
real = socket.getaddrinfo
socket.getaddrinfo = lambda host, *a, **k: real('127.0.0.1' if host.endswith('api.test') else host, *a, **k)

settings = types.ModuleType('virga_settings')
settings.CLOUDCIX_API_URL = 'http://127.0.0.1:%d/' % port
settings.CLOUDCIX_API_V2_URL = 'http://api.test:%d/' % port
settings.CLOUDCIX_API_VERSION = version
settings.CLOUDCIX_API_USERNAME = 'ann@example.org'
settings.CLOUDCIX_API_PASSWORD = 's3cret'
settings.CLOUDCIX_API_KEY = '00000000000000000000000000000001'
sys.modules['virga_settings'] = settings
os.environ['CLOUDCIX_SETTINGS_MODULE'] = 'virga_settings'

import requests  # noqa: E402
from cloudcix.api import IAAS, Membership  # noqa: E402
from cloudcix.auth import get_admin_token, get_token  # noqa: E402
from cloudcix.exceptions import CloudCIXAuthException  # noqa: E402


def settle():
    assert requests.post('http://127.0.0.1:%d/settle' % port).status_code == 204


def check(response, status):
    assert response.status_code == status, (response.status_code, response.url, response.text)
    return response


try:
    get_token('ann@example.org', 'wrong', settings.CLOUDCIX_API_KEY)
    raise SystemExit('a wrong password was taken')
except CloudCIXAuthException as e:
    assert e.error_code == 'membership_token_create_002', e.error_code

token = get_admin_token()
name = 'py%d' % version
project = check(IAAS.project.create(token, {'region_id': region, 'name': name}), 201).json()['content']
settle()
router = project['virtual_router_id']
check(IAAS.virtual_router.partial_update(router, token, {'subnets': [{'address_range': '10.0.0.1/24', 'name': 'front'}]}), 200)
settle()
bad = check(IAAS.vm.create(token, {'project_id': project['id'], 'storages': [{'name': 'x'}]}), 400).json()
assert bad['errors']['image_id']['error_code'] == 'iaas_vm_create_105', bad
vm = check(IAAS.vm.create(token, {
    'project_id': project['id'], 'image_id': image, 'storage_type_id': 2, 'cpu': 2, 'ram': 4, 'dns': '192.0.2.53', 'name': 'www',
    'gateway_subnet': '10.0.0.1/24', 'ip_addresses': [{'address': '10.0.0.10', 'nat': True}],
    'storages': [{'name': 'root', 'gb': 40, 'primary': True}],
}), 201).json()['content']
settle()
assert check(IAAS.vm.read(vm['id'], token), 200).json()['content']['state'] == 4
found = check(IAAS.vm.list(token, {'search[state__in]': [4, 6], 'search[project_id]': project['id'], 'order': '-created'}), 200).json()
assert [v['id'] for v in found['content']] == [vm['id']] and found['_metadata']['total_records'] == 1, found
assert check(IAAS.vm.list(token, {'search[name]': 'w w w', 'exclude[id__in]': (77, 78)}), 200).json()['_metadata']['total_records'] >= 1
assert check(IAAS.vm.list(token, {'project_id': project['id']}), 200).json()['_metadata']['warnings']
assert len(IAAS.project.get_all(token)) >= 1
storage = check(IAAS.storage.create(token, {'name': 'data', 'gb': 20}, vm_id=vm['id']), 201).json()['content']
settle()
check(IAAS.storage.read(storage['id'], token, vm_id=vm['id']), 200)
check(IAAS.vm.partial_update(vm['id'], token, {'state': 5}), 200)
settle()
assert check(IAAS.vm.read(vm['id'], token), 200).json()['content']['state'] == 6
assert check(IAAS.vm_history.list(token, {'search[vm_id]': vm['id']}), 200).json()['content'][0]['state'] == 6
check(IAAS.vm.head(token, vm['id']), 200)
check(IAAS.vm.head(token, 99999), 404)
check(IAAS.image.read(image, token), 200)
check(IAAS.asn.list(token), 501)
me = check(Membership.user.list(token, {'id__in': [2, 3]}), 200).json()['content']
assert me and me[0]['member']['self_managed'], me
check(Membership.address.read(region, token), 200)
check(IAAS.vm.list('nonsense'), 401)
print(json.dumps({'vm': vm['id']}))
print('ok')
