"""Plays the Python SDK of the 1&1 API: every method, as its document calls it."""
import base64
import inspect
import os
import struct
import tempfile

from play import Player

from oneandone import client as sdk
from oneandone.client import (
    AttachServer, BlockStorage, FirewallPolicy, FirewallPolicyRule, Hdd, Image, LoadBalancer, LoadBalancerRule, MonitoringPolicy,
    OneAndOneService, Port, PrivateNetwork, Process, Server, SharedStorage, SshKey, Threshold, Vpn)

NOBODY = '0123456789ABCDEF0123456789ABCDEF'  # the id of what could not be made

p = Player()
client = OneAndOneService(os.environ['VIRGA_TOKEN'])  # at the address that the SDK has built in

# Everything the SDK has. MyAdapter is a piece of its transport.
for _, cls in inspect.getmembers(sdk, inspect.isclass):
    if cls.__module__ != sdk.__name__ or cls is sdk.MyAdapter:
        continue
    if cls is not OneAndOneService:
        p.has(cls.__name__, cls)
    for name, function in inspect.getmembers(cls, inspect.isfunction):
        if not name.startswith('_'):
            p.has(name if cls is OneAndOneService else '%s.%s' % (cls.__name__, name), function)


def do(name, check=None, /, **kwargs):
    """A method of the client."""
    return p.play(name, getattr(client, name), check=check, **kwargs)


def make(cls, /, **kwargs):
    """A constructor; the object is needed in any case."""
    p.play(cls.__name__, cls, **kwargs)
    return cls(**kwargs)


def ask(thing, name, check=None, may=()):
    """A helper method of an object."""
    return p.play('%s.%s' % (type(thing).__name__, name), getattr(thing, name), check=check, may=may)


def identify(thing, key, made):
    """Gives a helper object that could not be made the id of nobody, so that its helpers can be asked."""
    if made is None:
        thing.specs.update({key: NOBODY, 'api_token': client.header})
        return NOBODY
    return made['id']


def wait(thing):
    return ask(thing, 'wait_for', lambda r: r['duration'] >= 0)


def is_(id, *keys):
    """A check: an object with this id and these keys."""
    return lambda r: r['id'] == id and all(k in r for k in keys)


def has(id):
    """A check: a list with an object of this id."""
    return lambda r: any(x['id'] == id for x in r)


def listed(r):
    return isinstance(r, list)


def first(r, **want):
    """The first of a list that is like this, or of none the id of nobody."""
    return next((x for x in r or [] if all(x.get(k) == v for k, v in want.items())), {'id': NOBODY})


def public_key(seed):
    blob = struct.pack('>I', 11) + b'ssh-ed25519' + struct.pack('>I', 32) + bytes([seed]) * 32
    return 'ssh-ed25519 %s test' % base64.b64encode(blob).decode()


def vm(name):
    """A server as the CloudCIX dialect shows it."""
    return p.cix('/iaas/v1/vm/', name=name)[0]


def catalogue():
    do('ping', lambda r: r == ['PONG'])
    do('ping_auth', lambda r: r == ['PONG'])
    do('pricing', lambda r: r['currency'])
    do('get_pricing', lambda r: r['currency'])
    centres = do('list_datacenters', lambda r: len(r) == 4)
    centre = first(centres, country_code='DE')
    do('get_datacenter', is_(centre['id'], 'location', 'default'), datacenter_id=centre['id'])
    p.other('region', lambda: p.cix('/membership/v1/address/'), lambda r: sum(bool(a['cloud_region']) for a in r) == len(centres))
    flavors = do('fixed_server_flavors', lambda r: len(r) > 3)
    do('get_fixed_server', is_(flavors[0]['id'], 'hardware'), fixed_server_id=flavors[0]['id'])
    models = do('list_baremetal_models', listed, page=1, per_page=2, sort='name', q='', fields='id,name')
    do('get_baremetal_model', is_(first(models)['id']), model_id=first(models)['id'])
    do('list_appliances', lambda r: len(r) == 2, page=1, per_page=2, sort='name', q='64', fields='id,name')
    appliances = do('list_appliances', lambda r: len(r) > 3)
    image = first(appliances, name='ubuntu1604-64std')
    do('get_appliance', is_(image['id'], 'os_family', 'min_hdd_size'), appliance_id=image['id'])
    p.other('image', lambda: p.cix('/iaas/v1/image/'), lambda r: len(r) == len(appliances))
    dvds = do('list_dvds', lambda r: len(r) > 1)
    do('get_dvd', is_(dvds[0]['id'], 'name'), iso_id=dvds[0]['id'])
    recovery = do('list_recovery_images', listed, page=1, per_page=10, sort='name', q='', fields='id')
    do('get_recovery_image', is_(first(recovery)['id']), image_id=first(recovery)['id'])
    return centre['id'], image['id'], first(appliances, name='centos7-64min')['id'], flavors[0]['id'], dvds[0]['id']


def servers(centre, image, image2, flavor, dvd):
    pn, lb = networks(), balancers()
    server1 = make(Server, name='Example App Server', description='Server Description', vcore=1, cores_per_processor=1, ram=2,
                   appliance_id=image)
    hdds = [make(Hdd, size=120, is_main=True), make(Hdd, size=60, is_main=False)]
    new_server = do('create_server', lambda r: r['status']['state'] == 'DEPLOYING' and r['first_password'], server=server1, hdds=hdds)
    id = new_server['id']
    p.misprint('Server(name, fixed_instance_id, appliance_id)', Server, name='Example Server', fixed_instance_id=flavor, appliance_id=image)
    fixed = make(Server, name='Example Server', fixed_instance_size_id=flavor, appliance_id=image)
    do('create_server', is_fixed(flavor), server=fixed)
    keyed = make(Server, name='Keyed Server', vcore=1, cores_per_processor=1, ram=1, appliance_id=image, rsa_key=public_key(1),
                 datacenter_id=centre)
    do('create_server', lambda r: r['datacenter']['id'] == centre, server=keyed, hdds=[Hdd(size=40, is_main=True)])
    for s in (server1, fixed, keyed):
        wait(s)
    p.other('vm', lambda: vm('Example App Server'), lambda r: (r['state'], r['cpu'], r['ram']) == (4, 1, 2) and sorted(
        s['gb'] for s in r['storages']) == [60, 120])
    p.other('vm of a fixed size', lambda: vm('Example Server'), lambda r: r['state'] == 4)
    p.other('public key', lambda: vm('Keyed Server'), lambda r: r['public_key'] and r['public_key'].split()[1] == public_key(1).split()[1])
    look(server1, id)
    ips = do('list_server_ips', lambda r: len(r) == 1 and r[0]['id'] == server1.first_ip['id'], server_id=id)
    addresses(id, ips[0]['id'], lb, server1)
    change(server1, id, image, image2, dvd)
    power(server1, id)
    snapshots(server1, id)
    attached(server1, id, ips[0]['id'], pn, lb)
    monitoring(id)
    images(id)
    storages(id, centre)
    usages(id)
    clone(server1, id, fixed)
    remove(server1, id, fixed, keyed)


def is_fixed(flavor):
    return lambda r: r['hardware']['fixed_instance_size_id'] == flavor


def look(server1, id):
    do('list_servers', has(id))
    do('list_servers', lambda r: len(r) == 1 and set(r[0]) == {'id', 'name'}, page=1, per_page=1, sort='name', q='App', fields='id,name')
    do('get_server', is_(id, 'hardware', 'image', 'ips', 'alerts'), server_id=id)
    ask(server1, 'get', is_(id, 'hardware'))
    do('get_server_hardware', lambda r: (r['vcore'], r['ram']) == (1, 2), server_id=id)
    ask(server1, 'hardware', lambda r: r['vcore'] == 1)
    disks = do('list_server_hdds', lambda r: len(r) == 2, server_id=id)
    ask(server1, 'hdds', lambda r: r == disks)
    do('get_server_hdd', is_(disks[0]['id'], 'size', 'is_main'), server_id=id, hdd_id=disks[0]['id'])
    do('get_server_image', lambda r: r['name'] == 'ubuntu1604-64std', server_id=id)
    ask(server1, 'image', lambda r: r['name'] == 'ubuntu1604-64std')
    do('get_server_status', lambda r: r == {'state': 'POWERED_ON', 'percent': None}, server_id=id)
    ask(server1, 'status', lambda r: r['state'] == 'POWERED_ON')
    ask(server1, 'ips', lambda r: len(r) == 1)


def addresses(id, ip, lb, server1):
    do('get_server_ip', is_(ip, 'ip', 'firewall_policy'), server_id=id, ip_id=ip)
    p.other('public ip', lambda: vm('Example App Server'), lambda r: [a['public_ip']['address'] for a in r['ip_addresses'] if a[
        'public_ip']] == [server1.first_ip['ip']])
    policy = do('list_ip_firewall_policy', lambda r: r['id'], server_id=id, ip_id=ip)
    do('add_firewall_policy', is_(id), server_id=id, ip_id=ip, firewall_id=policy['id'])
    do('list_ip_load_balancers', listed, server_id=id, ip_id=ip)
    do('add_load_balancer', is_(id), server_id=id, ip_id=ip, load_balancer_id=lb)
    added = do('add_new_ip', lambda r: len(r['ips']) == 2, server_id=id, ip_type='IPV4')
    wait(server1)
    second = next(x['id'] for x in added['ips'] if x['id'] != ip)
    do('remove_ip', is_(id), server_id=id, ip_id=second)
    wait(server1)
    do('list_server_ips', lambda r: [x['id'] for x in r] == [ip], server_id=id)


def change(server1, id, image, image2, dvd):
    do('modify_server', lambda r: r['name'] == 'New Name', server_id=id, name='New Name', description='New Description')
    p.other('renamed vm', lambda: vm('New Name'), lambda r: r['name'] == 'New Name')
    do('modify_server_hardware', is_(id), server_id=id, vcore=2, ram=6)
    wait(server1)
    p.other('resized vm', lambda: vm('New Name'), lambda r: (r['cpu'], r['ram'], r['state']) == (2, 6, 4))
    small = first(client.list_server_hdds(server_id=id), is_main=False)
    do('modify_hdd', is_(id), server_id=id, hdd_id=small['id'], size=80)
    wait(server1)
    do('add_hdd', is_(id), server_id=id, hdds=[Hdd(size=20, is_main=False)])
    wait(server1)
    number = vm('New Name')['id']
    p.other('storages', lambda: p.cix('/iaas/v1/vm/%d/storage/' % number), lambda r: sorted(s['gb'] for s in r) == [20, 80, 120])
    extra = first(client.list_server_hdds(server_id=id), size=20)
    do('remove_hdd', is_(id), server_id=id, hdd_id=extra['id'])
    wait(server1)
    do('load_dvd', is_(id), server_id=id, dvd_id=dvd)
    wait(server1)
    do('get_server_dvd', is_(dvd, 'name'), server_id=id)
    ask(server1, 'dvd', is_(dvd))
    do('eject_dvd', is_(id), server_id=id)
    wait(server1)
    do('reinstall_image', is_(id), server_id=id, image_id=image2)
    wait(server1)
    do('get_server_image', is_(image2), server_id=id)
    p.other('reinstalled vm', lambda: vm('New Name'), lambda r: r['image']['display_name'] == 'CentOS 7')


def power(server1, id):
    def state(want):
        wait(server1)
        return lambda r: r['state'] == want
    do('stop_server', is_(id), server_id=id)
    do('get_server_status', state('POWERED_OFF'), server_id=id)
    p.other('stopped vm', lambda: vm('New Name'), lambda r: r['state'] == 6)
    do('start_server', is_(id), server_id=id)
    do('get_server_status', state('POWERED_ON'), server_id=id)
    do('modify_server_status', is_(id), server_id=id, action='REBOOT', method='SOFTWARE')
    do('get_server_status', state('POWERED_ON'), server_id=id)
    number = vm('New Name')['id']
    p.other('vm_history', lambda: p.cix('/iaas/v1/vm_history/', vm_id=number), lambda r: {4, 5, 6} <= {h['state'] for h in r})


def snapshots(server1, id):
    do('create_snapshot', is_(id), server_id=id)
    wait(server1)
    shown = do('list_server_snapshots', lambda r: r['id'] and r['deletion_date'], server_id=id)
    ask(server1, 'snapshots', lambda r: r == shown)
    number = vm('New Name')['id']
    p.other('snapshot', lambda: p.cix('/iaas/v1/snapshot/', vm_id=number), lambda r: len(r) == 1)
    do('restore_snapshot', is_(id), server_id=id, snapshot_id=shown['id'])
    wait(server1)
    do('delete_snapshot', is_(id), server_id=id, snapshot_id=shown['id'])
    wait(server1)


def clone(server1, id, other):
    do('clone_server', lambda r: r['id'], server_id=id, name='Clone Server', datacenter_id=None)
    wait(server1)
    copy = p.until('the clone', lambda: first(client.list_servers(), name='Clone Server').get('status', {}).get('state') == 'POWERED_ON' and first(
        client.list_servers(), name='Clone Server'))
    p.other('cloned vm', lambda: vm('Clone Server'), lambda r: (r['cpu'], r['ram'], r['state']) == (2, 6, 4))
    do('delete_server', is_(copy['id']), server_id=copy['id'], keep_ips=False, keep_hdds=False)


def attached(server1, id, ip, pn, lb):
    """What a server has of other resources."""
    do('assign_private_network', is_(id), server_id=id, private_network_id=pn)
    wait(server1)
    do('list_server_private_networks', listed, server_id=id)
    ask(server1, 'private_networks', listed)
    do('private_network_info', is_(pn), server_id=id, private_network_id=pn)
    do('list_private_network_servers', listed, private_network_id=pn)
    do('get_private_network_server', is_(id), private_network_id=pn, server_id=id)
    do('remove_private_network', is_(id), server_id=id, private_network_id=pn)
    wait(server1)
    do('attach_private_network_servers', is_(pn), private_network_id=pn, server_ids=[make(AttachServer, server_id=id)])
    wait(server1)
    do('remove_private_network_server', is_(pn), private_network_id=pn, server_id=id)
    wait(server1)
    do('delete_private_network', is_(pn), private_network_id=pn)

    do('attach_load_balancer_server', is_(lb), load_balancer_id=lb, server_ips=[make(AttachServer, server_ip_id=ip)])
    do('list_load_balancer_servers', listed, load_balancer_id=lb)
    do('get_load_balancer_server', is_(ip), load_balancer_id=lb, server_ip_id=ip)
    do('remove_load_balancer_server', is_(lb), load_balancer_id=lb, server_ip_id=ip)
    do('remove_load_balancer', is_(id), server_id=id, ip_id=ip, load_balancer_id=lb)
    do('delete_load_balancer', is_(lb), load_balancer_id=lb)
    firewalls(ip)


def networks():
    """A network in the data centre in which servers are that name none."""
    centre = first(client.list_datacenters(), country_code='US')['id']
    do('list_private_networks', listed)
    do('list_private_networks', listed, page=1, per_page=5, sort='name', q='x', fields='id')
    pn1 = make(PrivateNetwork, name='Test Name', description='Test Description', network_address='192.168.1.0', subnet_mask='255.255.255.0',
               datacenter_id=centre)
    made = do('create_private_network', lambda r: r['network_address'] == '192.168.1.0', private_network=pn1)
    pn = identify(pn1, 'private_network_id', made)
    wait(pn1)
    if made:
        p.other('subnet', lambda: p.cix('/iaas/v1/subnet/', name='Test Name'), lambda r: r[0]['gateway'] is None)
    ask(pn1, 'get', is_(pn))
    ask(pn1, 'servers', listed)
    do('get_private_network', is_(pn), private_network_id=pn)
    do('modify_private_network', lambda r: r['name'] == 'New Name', private_network_id=pn, name='New Name', description='New Description')
    return pn


def balancers():
    do('list_load_balancers', listed)
    lb1 = make(LoadBalancer, name='Example App LB', description='Test Description', health_check_test='TCP', health_check_interval=40,
               persistence=True, persistence_time=1200, method='ROUND_ROBIN')
    rules = [make(LoadBalancerRule, protocol='TCP', port_balancer=80, port_server=80, source='0.0.0.0'),
             make(LoadBalancerRule, protocol='TCP', port_balancer=9999, port_server=8888, source='0.0.0.0')]
    made = do('create_load_balancer', lambda r: len(r['rules']) == 2, load_balancer=lb1, load_balancer_rules=rules)
    lb = identify(lb1, 'load_balancer_id', made)
    wait(lb1)
    for helper, check in (('get', is_(lb)), ('ips', listed), ('rules', listed)):
        ask(lb1, helper, check)
    do('get_load_balancer', is_(lb), load_balancer_id=lb)
    more = [LoadBalancerRule(protocol='TCP', port_balancer=99, port_server=99, source='0.0.0.0'),
            LoadBalancerRule(protocol='TCP', port_balancer=125, port_server=521, source='0.0.0.0')]
    do('add_load_balancer_rule', is_(lb), load_balancer_id=lb, load_balancer_rules=more)
    wait(lb1)
    rule = first(do('load_balancer_rules', lambda r: len(r) == 4, load_balancer_id=lb))['id']
    do('get_load_balancer_rule', is_(rule), load_balancer_id=lb, rule_id=rule)
    do('remove_load_balancer_rule', is_(lb), load_balancer_id=lb, rule_id=rule)
    changed = {'name': 'New Name', 'description': 'New Description', 'persistence': False, 'method': 'LEAST_CONNECTIONS'}
    p.misprint('modify_load_balancer(name, description, health_check_test, persistence, method)', client.modify_load_balancer,
               health_check_test='NONE', **changed)
    do('modify_load_balancer', lambda r: r['method'] == 'LEAST_CONNECTIONS', load_balancer_id=lb, health_check_test='TCP', **changed)
    wait(lb1)
    return lb


def firewalls(ip):
    do('list_firewall_policies', listed)
    fp1 = make(FirewallPolicy, name='Test Firewall Policy', description='Test Description')
    rules = [make(FirewallPolicyRule, protocol='TCP', port=80, source='0.0.0.0', action='allow'),
             make(FirewallPolicyRule, protocol='UDP', port=443, source='0.0.0.0', action='allow')]
    made = do('create_firewall_policy', lambda r: len(r['rules']) == 2, firewall_policy=fp1, firewall_policy_rules=rules)
    fp = identify(fp1, 'firewall_id', made)
    wait(fp1)
    for helper, check in (('get', is_(fp)), ('ips', listed), ('rules', listed)):
        ask(fp1, helper, check)
    do('get_firewall', is_(fp), firewall_id=fp)
    do('attach_server_firewall_policy', is_(fp), firewall_id=fp, server_ips=[AttachServer(server_ip_id=ip)])
    wait(fp1)
    do('list_firewall_servers', has(ip), firewall_id=fp)
    do('get_firewall_server', is_(ip), firewall_id=fp, server_ip_id=ip)
    more = [FirewallPolicyRule(protocol='TCP', port=90, source='0.0.0.0', action='allow'),
            FirewallPolicyRule(protocol='TCP', port=333, source='0.0.0.0', action='allow')]
    do('add_firewall_policy_rule', is_(fp), firewall_id=fp, firewall_policy_rules=more)
    wait(fp1)
    rule = first(do('list_firewall_policy_rules', lambda r: len(r) == 4, firewall_id=fp))['id']
    do('get_firewall_policy_rule', is_(rule), firewall_id=fp, rule_id=rule)
    do('remove_firewall_rule', is_(fp), firewall_id=fp, rule_id=rule)
    p.misprint('modify_firewall(name, description)', client.modify_firewall, name='New Name', description='New Description')
    do('modify_firewall', lambda r: r['name'] == 'New Name', firewall_id=fp, name='New Name', description='New Description')
    if made:  # back to the default, or the policy is in use
        default = first(client.list_firewall_policies(), default=1)['id']
        client.attach_server_firewall_policy(firewall_id=default, server_ips=[AttachServer(server_ip_id=ip)])
        wait(fp1)
    do('delete_firewall', is_(fp), firewall_id=fp)


def monitoring(id):
    do('list_server_usages', listed)
    do('get_usage', is_(id), server_id=id, period='LAST_24H')
    do('list_monitoring_policies', listed)
    mp1 = make(MonitoringPolicy, name='Test MP', description='Test Description', email='test@example.com', agent=True)
    bounds = {'cpu': (90, 95), 'ram': (90, 95), 'disk': (80, 90), 'transfer': (1000, 2000), 'internal_ping': (50, 100)}
    thresholds = [make(Threshold, entity=e, warning_value=w, warning_alert=False, critical_value=c, critical_alert=False)
                  for e, (w, c) in bounds.items()]
    ports = [make(Port, protocol='TCP', port=22, alert_if='RESPONDING', email_notification=False),
             make(Port, protocol='TCP', port=44, alert_if='NOT_RESPONDING', email_notification=True)]
    processes = [make(Process, process='TaskMgr', alert_if='NOT_RUNNING', email_notification=True),
                 make(Process, process='Logger', alert_if='NOT_RUNNING', email_notification=True)]
    made = do('create_monitoring_policy', lambda r: len(r['ports']) == 2, monitoring_policy=mp1, thresholds=thresholds, ports=ports,
              processes=processes)
    mp = identify(mp1, 'monitoring_policy_id', made)
    wait(mp1)
    for helper, check in (('get', is_(mp)), ('ports', listed), ('processes', listed), ('servers', listed)):
        ask(mp1, helper, check)
    do('get_monitoring_policy', is_(mp), monitoring_policy_id=mp)
    do('add_port', is_(mp), monitoring_policy_id=mp, ports=[Port(protocol='TCP', port=66, alert_if='RESPONDING', email_notification=False)])
    do('add_process', is_(mp), monitoring_policy_id=mp, processes=[Process(process='Third Test', alert_if='RUNNING', email_notification=True)])
    wait(mp1)
    port = first(do('list_monitoring_policy_ports', lambda r: len(r) == 3, monitoring_policy_id=mp))['id']
    process = first(do('list_monitoring_policy_processes', lambda r: len(r) == 3, monitoring_policy_id=mp))['id']
    do('get_monitoring_policy_port', is_(port), monitoring_policy_id=mp, port_id=port)
    do('get_monitoring_policy_process', is_(process), monitoring_policy_id=mp, process_id=process)
    do('attach_monitoring_policy_server', is_(mp), monitoring_policy_id=mp, servers=[AttachServer(server_id=id)])
    wait(mp1)
    do('list_monitoring_policy_servers', has(id), monitoring_policy_id=mp)
    do('get_monitoring_policy_server', is_(id), monitoring_policy_id=mp, server_id=id)
    new = MonitoringPolicy(name='New Name', description='New Description', email='new_email@example.com')
    tighter = [Threshold(entity=e, warning_value=w, warning_alert=True, critical_value=c, critical_alert=True)
               for e, w, c in (('cpu', 80, 90), ('ram', 80, 90), ('disk', 70, 80))]
    do('modify_monitoring_policy', lambda r: r['name'] == 'New Name', monitoring_policy_id=mp, monitoring_policy=new, thresholds=tighter)
    do('modify_port', is_(mp), monitoring_policy_id=mp, port_id=port, port=make(Port, alert_if='NOT_RESPONDING', email_notification=True))
    do('modify_process', is_(mp), monitoring_policy_id=mp, process_id=process, process=make(
        Process, alert_if='NOT_RUNNING', email_notification=True))
    do('delete_monitoring_policy_port', is_(mp), monitoring_policy_id=mp, port_id=port)
    do('delete_monitoring_policy_process', is_(mp), monitoring_policy_id=mp, process_id=process)
    do('detach_monitoring_policy_server', is_(mp), monitoring_policy_id=mp, server_id=id)
    wait(mp1)
    do('delete_monitoring_policy', is_(mp), monitoring_policy_id=mp)


def images(id):
    do('list_images', listed)
    image1 = make(Image, server_id=id, name='Test Image', description='Test Description', frequency='WEEKLY', num_images=1)
    made = do('create_image', lambda r: r['name'].startswith('Test Image'), image=image1)
    image = identify(image1, 'image_id', made)
    wait(image1)
    if made:
        p.other('own image', lambda: p.cix('/iaas/v1/image/'), lambda r: any(i['display_name'].startswith('Test Image') for i in r))
    ask(image1, 'get', is_(image))
    do('get_image', is_(image), image_id=image)
    do('modify_image', is_(image), image_id=image, name='New Image Name', description='New Description', frequency='ONCE')
    do('delete_image', is_(image), image_id=image)


def storages(id, centre):
    do('list_shared_storages', listed)
    storage1 = make(SharedStorage, name='Test Storage', description='Test Description', size=50)
    made = do('create_shared_storage', lambda r: r['size'] == 50, shared_storage=storage1)
    st = identify(storage1, 'shared_storage_id', made)
    wait(storage1)
    ask(storage1, 'get', is_(st))
    ask(storage1, 'servers', listed)
    do('get_shared_storage', is_(st), shared_storage_id=st)
    do('attach_server_shared_storage', is_(st), shared_storage_id=st, server_ids=[make(AttachServer, server_id=id, rights='RW')])
    wait(storage1)
    do('list_servers_attached_storage', has(id), shared_storage_id=st)
    do('get_shared_storage_server', is_(id), shared_storage_id=st, server_id=id)
    do('get_credentials', listed)
    do('change_password', listed, password='Test-2016-pw')
    do('modify_shared_storage', lambda r: r['size'] == 100, shared_storage_id=st, name='New Name', description='New Description', size=100)
    wait(storage1)
    do('detach_server_shared_storage', is_(st), shared_storage_id=st, server_id=id)
    wait(storage1)
    do('delete_shared_storage', is_(st), shared_storage_id=st)

    do('list_block_storages', listed)
    block = make(BlockStorage, name='My new block storage', description='My block storage description', size=20, datacenter_id=centre)
    made = do('create_block_storage', lambda r: r['size'] == 20, block_storage=block)
    bs = identify(block, 'block_storage_id', made)
    wait(block)
    if made:
        p.other('ceph', lambda: p.cix('/iaas/v1/ceph/', name='My new block storage'), lambda r: len(r) == 1)
    ask(block, 'get', is_(bs))
    do('get_block_storage', is_(bs), block_storage_id=bs)
    do('modify_block_storage', is_(bs), block_storage_id=bs, name='New name', description='New Description')
    do('attach_block_storage', is_(bs), block_storage_id=bs, server_id=id)
    wait(block)
    ask(block, 'server', is_(id))
    do('detach_block_storage', is_(bs), block_storage_id=bs)
    wait(block)
    do('delete_block_storage', is_(bs), block_storage_id=bs)


def usages(id):
    do('list_usages', lambda r: 'SERVERS' in r, period='LAST_24H')
    do('list_logs', listed, period='LAST_24H')
    log = first(do('list_logs', lambda r: len(r) > 5, period='LAST_24H'))
    do('get_log', is_(log['id'], 'type', 'user'), log_id=log['id'])
    do('list_logs', has(log['id']), period='CUSTOM', start_date='2015-05-19T00:05:00Z', end_date='2199-05-19T00:05:00Z')


def public_ips(centre):
    made = do('create_public_ip', lambda r: r['reverse_dns'] == 'example.com', reverse_dns='example.com', datacenter_id=centre)
    ip = made['id']
    do('list_public_ips', has(ip))
    do('get_public_ip', is_(ip, 'ip', 'type'), ip_id=ip)
    p.other('ip_address', lambda: p.cix('/iaas/v1/ip_address/', address=made['ip']), lambda r: r[0]['address'] == made['ip'])
    do('modify_public_ip', lambda r: r['reverse_dns'] == 'newexample.com', ip_id=ip, reverse_dns='newexample.com')
    do('modify_public_ip', lambda r: not r['reverse_dns'], ip_id=ip)
    do('delete_public_ip', is_(ip), ip_id=ip)


def people():
    do('list_users', listed)
    do('show_user_permissions', lambda r: 'servers' in r)
    do('current_user_permissions', lambda r: 'servers' in r)
    made = do('create_user', lambda r: r['name'] == 'Test User', name='Test User', password='testing123', email='test@example.com',
              description='Test Description')
    user = (made or {'id': NOBODY})['id']
    if made:
        p.other('user', lambda: p.cix('/membership/v1/user/'), lambda r: any(u['email'] == 'test@example.com' for u in r))
    do('get_user', is_(user), user_id=user)
    do('api_info', lambda r: 'active' in r, user_id=user)
    do('modify_user', is_(user), user_id=user, description='d', email='other@example.com', password='testing456', state='ACTIVE')
    do('modify_user_api', is_(user), user_id=user, active=True)
    do('show_api_key', lambda r: r['key'], user_id=user)
    do('change_api_key', is_(user), user_id=user)
    do('add_user_ip', is_(user), user_id=user, user_ips=['12.54.127.11', '14.97.4.171'])
    do('ips_api_access_allowed', lambda r: '14.97.4.171' in r, user_id=user)
    do('remove_user_ip', is_(user), user_id=user, ip='14.97.4.171')

    do('list_roles', listed)
    role = (do('create_role', lambda r: r['name'] == 'Example Role', name='Example Role') or {'id': NOBODY})['id']
    do('get_role', is_(role), role_id=role)
    do('modify_role', lambda r: r['name'] == 'New Name', role_id=role, name='New Name', state='ACTIVE')
    do('permissions', lambda r: 'servers' in r, role_id=role)
    do('modify_permissions', is_(role), role_id=role, servers={'show': True, 'create': True, 'delete': False})
    do('add_users', is_(role), role_id=role, users=[user])
    do('role_users', has(user), role_id=role)
    do('get_role_user', is_(user), role_id=role, user_id=user)
    do('remove_user', is_(role), role_id=role, user_id=user)
    copy = (do('clone_role', lambda r: r['name'] == 'Role Clone', role_id=role, name='Role Clone') or {'id': NOBODY})['id']
    do('delete_role', is_(copy), role_id=copy)
    do('delete_user', is_(user), user_id=user)


def keys():
    key = make(SshKey, name='Test SSH Key', description='Test Description', public_key=public_key(2))
    id = do('create_ssh_key', lambda r: r['name'] == 'Test SSH Key', ssh_key=key)['id']
    wait(key)
    ask(key, 'get', is_(id, 'md5', 'public_key'))
    do('list_ssh_keys', has(id))
    p.misprint('get_ssh_key(role_id)', client.get_ssh_key, role_id=id)
    do('get_ssh_key', is_(id), ssh_key_id=id)
    do('modify_ssh_key', lambda r: r['name'] == 'New Name', ssh_key_id=id, name='New Name', description='New Description')
    do('delete_ssh_key', is_(id), ssh_key_id=id)


def vpns(centre):
    do('list_vpns', listed)
    my_vpn = make(Vpn, name='Example VPN', datacenter_id=centre)
    vpn = identify(my_vpn, 'vpn_id', do('create_vpn', lambda r: r['name'] == 'Example VPN', vpn=my_vpn))
    wait(my_vpn)
    ask(my_vpn, 'get', is_(vpn))
    do('get_vpn', is_(vpn), vpn_id=vpn)
    do('modify_vpn', lambda r: r['name'] == 'New Name', vpn_id=vpn, name='New Name')
    p.misprint('download_config(vpn_id)', client.download_config, vpn_id=vpn)
    with tempfile.TemporaryDirectory() as folder:
        do('download_config', lambda r: os.path.getsize(folder + '/config.zip') > 0, vpn_id=vpn, file_path=folder + '/config')
    do('delete_vpn', is_(vpn), vpn_id=vpn)


def remove(server1, id, *others):
    """The end of all servers; one keeps its address."""
    ip = client.list_server_ips(server_id=id)[0]['id']
    do('delete_server', is_(id), server_id=id, keep_ips=True)
    for s in others:
        do('delete_server', None, server_id=s.specs['server_id'])
    for s in (server1, *others):
        ask(s, 'wait_deleted', lambda r: r['duration'] >= 0, may=(404,))
    kept = client.get_public_ip(ip_id=ip)
    p.other('removed vm', lambda: p.cix('/iaas/v1/vm/', name='New Name'), lambda r: all(v['state'] == 99 for v in r))
    do('delete_public_ip', is_(ip), ip_id=kept['id'])


def everything():
    centre, *rest = catalogue()
    keys()
    people()
    public_ips(centre)
    vpns(centre)
    servers(centre, *rest)


p.run(everything)
