// Plays the Node SDK of the 1&1 API: every function that it exports, with the
// arguments that its README gives.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const oneandone = require('liboneandone');

const NOBODY = '0123456789ABCDEF0123456789ABCDEF'; // the id of what could not be made
const base = 'http://127.0.0.1:' + process.env.VIRGA_PORT;

// What came since a function was called. The client is only watched.
let came = [];
require('diagnostics_channel').subscribe('http.client.response.finish', ({ response }) => {
  came.push({ status: response.statusCode, operation: response.headers['x-test-operation'] });
});

const calls = [];
const refused = [];

// The transport of the library, which the other functions call; it is exported by
// the way, as are the paths that they join.
const PLUMBING = ['request', 'fullheader', 'putheader', 'fallback', 'mk_url', 'is_del', 'is_delWithBody', 'is_get', 'is_put', 'is_post'];
const methods = {};
for (const name of Object.keys(oneandone)) {
  if (typeof oneandone[name] === 'function' && !PLUMBING.includes(name)) methods[name] = [];
}
const readme = fs.readFileSync(path.join(path.dirname(require.resolve('liboneandone')), '..', 'README.md'), 'utf8');
const documented = [...new Set([...readme.matchAll(/oneandone\.(\w+)\s*\(/g)].map((m) => m[1]))];

function end(method, outcome, reason, answer) {
  calls.push({ method, args: [], outcome, reason: reason || '' });
  return outcome === 'works' ? answer : null;
}

// answered runs something that calls back and gives [error, response, body].
// The library may also throw where nobody can catch it.
function answered(start) {
  return new Promise((resolve) => {
    const done = (...result) => { process.removeListener('uncaughtException', thrown); resolve(result); };
    const thrown = (error) => done(error);
    process.once('uncaughtException', thrown);
    try { start(done); } catch (error) { done(error); }
  });
}

// go calls a function and judges it: its answer, or null when the product has none
// (yet) or the answer was wrong.
async function go(method, args, check) {
  came = [];
  const [error, response, body] = await answered((done) => oneandone[method](...args, done));
  return judge(method, error, response, body, check);
}

function judge(method, error, response, body, check) {
  if (came.some((c) => c.status === 501)) return end(method, 'not built');
  const last = came[came.length - 1];
  if (last && last.operation === 'none' && (last.status === 404 || last.status === 405)) return end(method, 'no such operation');
  if (error) return end(method, 'wrong', String(error));
  if (response.statusCode >= 300) return end(method, 'wrong', response.statusCode + ' ' + body);
  let answer;
  try {
    answer = JSON.parse(body);
    if (check && !check(answer)) throw new Error('the answer is not right');
  } catch (e) {
    return end(method, 'wrong', e + ': ' + String(body).slice(0, 1500));
  }
  return end(method, 'works', '', answer);
}

// simple is a function that asks nothing of the network.
function simple(method, ...args) {
  oneandone[method](...args);
  end(method, 'works');
}

async function until(what, condition) {
  const limit = Date.now() + 60000;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > limit) throw new Error(what + ': not after a minute');
    await new Promise((resolve) => setTimeout(resolve, 150)); // between two looks
  }
}

// get reads without the client.
async function get(url, header) {
  const r = await fetch(base + url, { headers: header });
  came.push({ status: r.status, operation: r.headers.get('x-test-operation') });
  return [r.status, await r.json()];
}

let jwt;
// cix is GET of the CloudCIX dialect: its content.
async function cix(url) {
  if (!jwt) {
    const r = await fetch(base + '/membership/v1/auth/login/', {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: process.env.VIRGA_EMAIL, password: process.env.VIRGA_PASSWORD, api_key: process.env.VIRGA_API_KEY }),
    });
    jwt = (await r.json()).token;
  }
  return get(url, { 'X-Auth-Token': jwt });
}

// other judges what the other dialect shows of an object.
async function other(name, url, check) {
  came = [];
  const [status, body] = await cix(url);
  judge('other: ' + name, null, { statusCode: status }, JSON.stringify(body.content), check);
}

const vm = (name) => '/iaas/v1/vm/?search[name]=' + encodeURIComponent(name);
const is = (id, ...keys) => (r) => r.id === id && keys.every((k) => k in r);
const listed = (r) => Array.isArray(r);
const has = (id) => (r) => r.some((x) => x.id === id);
const idOf = (made) => (made ? made.id : NOBODY);
const firstOf = (list) => (list && list.length ? list[0].id : NOBODY);
const options = (query) => ({ query, page: 1, perPage: 1, sort: 'name', fields: 'id,name' });

// settled waits until an object is at rest. Functions of the client that are not
// judged here are those that go judges elsewhere.
async function settled(method, id) {
  if (id === NOBODY) return null;
  return until(method + ' ' + id, async () => {
    const [, response, body] = await answered((done) => oneandone[method](id, done));
    if (response.statusCode === 404) return {};
    const s = JSON.parse(body);
    const state = s.status ? s.status.state : s.state;
    return ['POWERED_ON', 'POWERED_OFF', 'ACTIVE', 'ENABLED'].includes(state) && !(s.status && s.status.percent) && s;
  });
}
const rest = (id) => settled('getServer', id);

async function catalogue() {
  simple('oneandoneauth', process.env.VIRGA_TOKEN);
  simple('setendpoint', base + '/v1');
  simple('printMsg');
  await go('pingApi', [], (r) => r[0] === 'PONG');
  await go('pingApiAuthentication', [], (r) => r[0] === 'PONG');
  await go('getPricing', [], (r) => r.currency);
  const centres = await go('listDatacenters', [], (r) => r.length === 4);
  const centre = centres.find((c) => c.country_code === 'US').id;
  await go('listDatacentersWithOptions', [{ query: 'US', page: 1, perPage: 1, sort: 'location', fields: 'id' }], (r) => r.length === 1);
  await go('getDatacenters', [centre], is(centre, 'location'));
  await other('region', '/membership/v1/address/', (r) => r.filter((a) => a.cloud_region).length === centres.length);
  const flavors = await go('listHardwareFlavours', [], (r) => r.length > 3);
  await go('getHardwareFlavour', [flavors[0].id], is(flavors[0].id, 'hardware'));
  const models = await go('listBaremetalModels', [options('BMC')], (r) => r.length === 1);
  await go('listBaremetalModels', [], (r) => r.length > 1);
  await go('getBaremetalModel', [models[0].id], is(models[0].id, 'hardware'));
  const appliances = await go('listServerAppliances', [], (r) => r.length > 3);
  const found = await go('listServerAppliancesWithOptions', [options('ubuntu1604')], (r) => r.length === 1 && r[0].name.startsWith('ubuntu1604'));
  await go('getServerAppliance', [found[0].id], is(found[0].id, 'os_family'));
  await other('image', '/iaas/v1/image/', (r) => r.length === appliances.length);
  const dvds = await go('listDvdIso', [], (r) => r.length > 1);
  await go('listDvdIsoWithOptions', [options('centos')], (r) => r.length === 1);
  await go('getDvdIso', [dvds[0].id], is(dvds[0].id, 'name'));
  const recovery = await go('listRecoveryImages', [], listed);
  await go('listRecoveryImagesWithOptions', [options('')], listed);
  await go('getRecoveryImage', [firstOf(recovery)], is(firstOf(recovery)));
  return { centre, image: found[0].id, image2: appliances.find((a) => a.name === 'centos7-64min').id, flavor: flavors[0].id, dvd: dvds[0].id, model: models[0].id };
}

async function keys() {
  const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]);
  const key = { name: 'node SSH Key', description: 'node SSH Key description', public_key: 'ssh-ed25519 ' + blob.toString('base64') + ' test@email.com' };
  const id = idOf(await go('createSshKey', [key], (r) => r.name === 'node SSH Key'));
  await go('listSshKeys', [], has(id));
  await go('listSshKeysWithOptions', [options('node')], has(id));
  await go('getSshKey', [id], is(id, 'md5'));
  await go('updateSshKey', [id, { name: 'node SSH Key rename', description: 'node SSH Key rename description' }], (r) => r.name === 'node SSH Key rename');
  await go('deleteSshKey', [id], is(id));
}

async function publicIps() {
  const made = await go('createPublicIp', [{ reverse_dns: 'node.com', type: oneandone.IPType.IPV4 }], (r) => r.reverse_dns === 'node.com');
  const id = idOf(made);
  await go('listPublicIps', [], has(id));
  await go('listPublicIpsWithOptions', [{ query: 'node.com', page: 1, perPage: 1, sort: 'ip', fields: 'id' }], has(id));
  await go('getPublicIp', [id], is(id, 'ip'));
  await other('ip_address', '/iaas/v1/ip_address/?search[address]=' + made.ip, (r) => r.length === 1);
  await go('updatePublicIp', [id, { reverse_dns: 'example.es' }], (r) => r.reverse_dns === 'example.es');
  await go('deletePublicIp', [id], is(id));
}

async function servers(c) {
  const data = {
    name: 'My server', description: 'My server description', server_type: 'cloud',
    hardware: { vcore: 2, cores_per_processor: 1, ram: 2, hdds: [{ size: 40, is_main: true }, { size: 20, is_main: false }] },
    appliance_id: c.image, datacenter_id: c.centre,
  };
  const s = idOf(await go('createServer', [data], (r) => r.status.state === 'DEPLOYING' && r.first_password));
  const fixed = idOf(await go('createServer', [{
    name: 'Node Fixed Instance server', description: 'My server description', hardware: { fixed_instance_size_id: c.flavor },
    appliance_id: c.image, datacenter_id: c.centre,
  }], (r) => r.hardware.fixed_instance_size_id === c.flavor));
  const bare = idOf(await go('createServer', [{
    name: 'Bare server', description: 'My server description', server_type: 'baremetal', hardware: { baremetal_model_id: c.model },
    appliance_id: c.image, datacenter_id: c.centre,
  }], (r) => r.server_type === 'baremetal'));
  for (const id of [s, fixed, bare]) await rest(id);
  await other('vm', vm('My server'), ([v]) => v.state === 4 && v.cpu === 2 && v.ram === 2);
  await other('vm of a fixed size', vm('Node Fixed Instance server'), ([v]) => v.state === 4);
  await other('bare metal vm', vm('Bare server'), ([v]) => v.state === 4);
  await look(s);
  const ip = (await rest(s)).ips[0].id;
  await addresses(s, ip);
  await change(s, c);
  await power(s);
  await snapshots(s);
  await networks(s);
  await balancers(s, ip);
  await firewalls(ip);
  await monitoring(s);
  await images(s);
  await storages(s, c.centre);
  await logs();
  await go('clone', [s, { name: 'node clone', datacenter_id: c.centre }], (r) => r.id);
  await rest(s);
  const copy = (await until('the clone', async () => (await get('/v1/servers?q=node%20clone', { 'X-TOKEN': process.env.VIRGA_TOKEN }))[1].find((x) => x.name === 'node clone'))).id;
  await rest(copy);
  await other('cloned vm', vm('node clone'), ([v]) => v.state === 4 && v.cpu === 4);
  for (const id of [copy, fixed, bare]) await go('deleteServer', [id, false], is(id));
  await go('deleteServer', [s, true], is(s));
  for (const id of [copy, fixed, bare, s]) await until('the end of ' + id, async () => (await get('/v1/servers/' + id, { 'X-TOKEN': process.env.VIRGA_TOKEN }))[0] === 404);
  await other('removed vm', vm('Node Server - UPDATED'), (r) => r.every((v) => v.state === 99));
  await go('getPublicIp', [ip], is(ip)); // it was kept
  await go('deletePublicIp', [ip], is(ip));
}

async function look(s) {
  await go('listServers', [], has(s));
  await go('listServersWithOptions', [options('My')], (r) => r.length === 1 && Object.keys(r[0]).length === 2);
  await go('getServer', [s], is(s, 'hardware', 'ips'));
  await go('getServerStatus', [s], (r) => r.state === oneandone.ServerState.POWERED_ON);
  await go('getHardware', [s], (r) => r.vcore === 2);
  const disks = await go('listHdds', [s], (r) => r.length === 2);
  await go('getHdd', [s, disks[0].id], is(disks[0].id, 'size'));
  await go('getServerImage', [s], (r) => r.name.startsWith('ubuntu1604'));
}

async function addresses(s, ip) {
  await go('listIps', [s], has(ip));
  await go('getIp', [s, ip], is(ip, 'ip'));
  const policy = await go('listIpFirewallPolicies', [s, ip], (r) => r.id);
  await go('addFirewallPolicy', [s, ip, { id: policy.id }], is(s));
  const added = await go('addIp', [s, { type: 'IPV4' }], (r) => r.ips.length === 2);
  await rest(s);
  const second = added.ips.find((x) => x.id !== ip).id;
  await go('deleteIp', [s, second, { keep_ip: false }], is(s));
  await rest(s);
  await go('listIps', [s], (r) => r.length === 1);
}

async function change(s, c) {
  await go('updateServer', [s, { name: 'Node Server - UPDATED', description: 'desc' }], (r) => r.name === 'Node Server - UPDATED');
  await other('renamed vm', vm('Node Server - UPDATED'), (r) => r.length === 1);
  await go('addHdd', [s, { hdds: [{ size: 40, is_main: false }] }], is(s));
  const disks = (await rest(s)).hardware.hdds;
  const small = disks.find((d) => d.size === 20).id;
  await go('updateHdd', [s, small, { size: 40 }], is(s));
  await rest(s);
  await go('deleteHdd', [s, small], is(s));
  await rest(s);
  await other('storages', vm('Node Server - UPDATED'), ([v]) => v.storages.map((x) => x.gb).join() === '40,40');
  await go('loadDvd', [s, { id: c.dvd }], is(s));
  await rest(s);
  await go('getDvd', [s], is(c.dvd));
  await go('unloadDvd', [s], is(s));
  await rest(s);
  await go('updateServerImage', [s, { id: c.image2, password: 'Test123!' }], is(s));
  await rest(s);
  await other('reinstalled vm', vm('Node Server - UPDATED'), ([v]) => v.image.display_name === 'CentOS 7');
}

async function power(s) {
  const { ServerUpdateAction: action, ServerUpdateMethod: method } = oneandone;
  await go('updateServerStatus', [s, { action: action.POWER_OFF, method: method.SOFTWARE }], is(s));
  await rest(s);
  await other('stopped vm', vm('Node Server - UPDATED'), ([v]) => v.state === 6);
  // The cores of a processor change only while the server is off.
  await go('updateHardware', [s, { vcore: 4, cores_per_processor: 2, ram: 6 }], is(s));
  await rest(s);
  await other('resized vm', vm('Node Server - UPDATED'), ([v]) => v.cpu === 4 && v.ram === 6 && v.state === 6);
  await go('updateServerStatus', [s, { action: action.POWER_ON, method: method.SOFTWARE }], is(s));
  await rest(s);
  await go('updateServerStatus', [s, { action: action.REBOOT, method: method.SOFTWARE }], is(s));
  const now = await rest(s);
  if (now.status.state !== 'POWERED_ON') throw new Error('after a reboot: ' + now.status.state);
}

async function snapshots(s) {
  await go('createSnapshot', [s], is(s));
  await rest(s);
  const snapshot = idOf(await go('listSnapshots', [s], (r) => r.id));
  await other('snapshot', '/iaas/v1/snapshot/', (r) => r.length === 1);
  await go('restoreSnapshot', [s, snapshot], is(s));
  await rest(s);
  await go('deleteSnapshot', [s, snapshot], is(s));
  await rest(s);
}

async function networks(s) {
  const data = { name: 'node Private Network', description: 'node Private network description', network_address: '192.168.1.0', subnet_mask: '255.255.255.0' };
  const made = await go('createPrivateNetwork', [data], (r) => r.network_address === '192.168.1.0');
  const pn = idOf(made);
  await settled('getPrivateNetwork', pn);
  if (made) await other('subnet', '/iaas/v1/subnet/?search[name]=' + encodeURIComponent(data.name), (r) => r.length === 1);
  await go('listPrivateNetworks', [], has(pn));
  await go('listPrivateNetworksWithOptions', [options('node')], has(pn));
  await go('getPrivateNetwork', [pn], is(pn));
  await go('updatePrivateNetwork', [pn, Object.assign(data, { name: 'node update Private Network' })], (r) => r.name === 'node update Private Network');
  await go('assignPrivateNetworkToServer', [s, { id: pn }], is(s));
  await rest(s);
  await go('listServerPrivateNetworks', [s], listed);
  await go('getServerPrivateNetwork', [s, pn], is(pn));
  await go('deletePrivateNetworkFromServer', [s, pn], is(s));
  await rest(s);
  await go('attachServerToPrivateNetwork', [pn, { servers: [s] }], is(pn));
  await rest(s);
  await go('listPrivateNetworkServers', [pn], has(s));
  await go('getPrivateNetworkServer', [pn, s], is(s));
  await go('detachServerFromPrivateNetwork', [pn, s], is(pn));
  await rest(s);
  await go('deletePrivateNetwork', [pn], is(pn));
}

async function balancers(s, ip) {
  const rule = (balancer, server) => ({ protocol: oneandone.RuleProtocol.TCP, port_balancer: balancer, port_server: server, source: '0.0.0.0' });
  const data = {
    name: 'node balancer', description: 'My load balancer description', health_check_test: oneandone.HealthCheckTestTypes.TCP,
    health_check_interval: 40, health_check_path: 'path', health_check_parser: null, persistence: true, persistence_time: 200,
    method: oneandone.LoadBalancerMethod.ROUND_ROBIN, rules: [rule(80, 80), rule(9999, 8888)],
  };
  const lb = idOf(await go('createLoadBalancer', [data], (r) => r.rules.length === 2));
  await settled('getLoadBalancer', lb);
  await go('listLoadBalancers', [], has(lb));
  await go('listLoadBalancersWithOptions', [options('node')], has(lb));
  await go('getLoadBalancer', [lb], is(lb));
  await go('updateLoadBalancer', [lb, {
    name: 'node balancer rename', description: 'My load balancer rename description', health_check_test: oneandone.HealthCheckTestTypes.TCP,
    health_check_interval: 40, persistence: true, persistence_time: 1200, method: oneandone.LoadBalancerMethod.ROUND_ROBIN,
  }], (r) => r.persistence_time === 1200);
  await settled('getLoadBalancer', lb);
  await go('addRulesToLoadBalancer', [lb, { rules: [rule(82, 82)] }], is(lb));
  await settled('getLoadBalancer', lb);
  const first = firstOf(await go('listLoadBalancerRules', [lb], (r) => r.length === 3));
  await go('getLoadBalancerRule', [lb, first], is(first));
  await go('removeRuleFromLoadBalancer', [lb, first], is(lb));
  await go('assignServerIpToLoadBalancer', [lb, { server_ips: [ip] }], is(lb));
  await settled('getLoadBalancer', lb);
  await go('listLoadBalancerServerIps', [lb], has(ip));
  await go('getLoadBalancerServerIp', [lb, ip], is(ip));
  await go('unassignServerIpFromLoadBalancer', [lb, ip], is(lb));
  await go('listIpLoadBalancer', [s, ip], listed);
  await go('addIpLoadBalancer', [s, ip, { load_balancer_id: lb }], is(s));
  await rest(s);
  await go('deleteIpLoadBalancer', [s, ip, lb], is(s));
  await rest(s);
  await go('deleteLoadBalancer', [lb], is(lb));
}

async function firewalls(ip) {
  const rule = (port) => ({ protocol: 'TCP', port, action: 'allow', source: '0.0.0.0' });
  const made = await go('createFirewallPolicy', [{ name: 'node firewall policy', description: 'My firewall policy description', rules: [rule('80'), rule('443')] }], (r) => r.rules.length === 2);
  const fp = idOf(made);
  await settled('getFirewallPolicy', fp);
  const policies = await go('listFirewallPolicies', [], has(fp));
  await go('listFirewallPoliciesWithOptions', [options('node firewall')], has(fp));
  await go('getFirewallPolicy', [fp], is(fp));
  await go('updateFirewallPolicy', [fp, { name: 'node js Firewall test rename', description: 'My Firewall Policy rename' }], (r) => r.name.endsWith('rename'));
  await go('addRulesToFirewallPolicy', [fp, { rules: [rule('90')] }], is(fp));
  await settled('getFirewallPolicy', fp);
  const first = firstOf(await go('listFirewallPolicyRules', [fp], (r) => r.length === 3));
  await go('getFirewallPolicyRule', [fp, first], is(first));
  await go('removeRuleFromFirewallPolicy', [fp, first], is(fp));
  await go('assignServerIpToFirewallPolicy', [fp, { server_ips: [ip] }], is(fp));
  await settled('getFirewallPolicy', fp);
  await go('listFirewallPolicyServerIps', [fp], has(ip));
  await go('getFirewallPolicyServerIp', [fp, ip], is(ip));
  if (made) { // back to the default, or the policy is in use
    const standard = policies.find((p) => p.default).id;
    await go('assignServerIpToFirewallPolicy', [standard, { server_ips: [ip] }], is(standard));
    await settled('getFirewallPolicy', fp);
  }
  await go('deleteFirewallPolicy', [fp], is(fp));
}

async function monitoring(s) {
  const usages = ['listMonitoringCenters', 'listMonitoringCentersWithOption'];
  await go(usages[0], [], listed);
  await go(usages[1], [options('Node')], listed);
  await go('getServerMonitoringCenterFixedPeriod', [s, oneandone.PeriodType.LAST_24H], is(s));
  await go('getServerMonitoringCenterCustomPeriod', [s, '2015-05-19T00:05:00Z', '2015-05-20T00:05:00Z'], is(s));
  const bound = (warning, critical) => ({ warning: { value: warning, alert: false }, critical: { value: critical, alert: false } });
  const thresholds = { cpu: bound(90, 95), ram: bound(90, 95), disk: bound(80, 90), transfer: bound(1000, 2000), internal_ping: bound(50, 100) };
  const port = (number) => ({ protocol: oneandone.ProtocolType.TCP, port: number, alert_if: oneandone.AlertIfType.RESPONDING, email_notification: true });
  const process = (name) => ({ process: name, alert_if: oneandone.ProcessAlertType.NOT_RUNNING, email_notification: true });
  const mp = idOf(await go('createMonitoringPolicy', [{
    name: 'node monitoring policy', description: 'd', email: 'test@example.com', agent: true, thresholds, ports: [port('22')], processes: [process('test')],
  }], (r) => r.ports.length === 1));
  await settled('getMonitoringPolicy', mp);
  await go('listMonitoringPolicies', [], has(mp));
  await go('listMonitoringPoliciesWithOptions', [options('node')], has(mp));
  await go('getMonitoringPolicy', [mp], is(mp));
  await go('updateMonitoringPolicy', [mp, { name: 'node rename', description: 'd', email: 'test@example.com', thresholds }], (r) => r.name === 'node rename');
  await go('createMonitoringPolicyForPorts', [mp, { ports: [port('80')] }], is(mp));
  await settled('getMonitoringPolicy', mp);
  const first = firstOf(await go('listMonitoringPoliciesPorts', [mp], (r) => r.length === 2));
  await go('getPortsMonitoringPolicy', [mp, first], is(first));
  await go('updatePortsMonitoringPolicy', [mp, first, { ports: port('22') }], is(mp));
  await go('deletePortsMonitoringPolicy', [mp, first], is(mp));
  await go('createMonitoringPolicyForProcesses', [mp, { processes: [process('taskmmgr')] }], is(mp));
  await settled('getMonitoringPolicy', mp);
  const one = firstOf(await go('listMonitoringPoliciesProcesses', [mp], (r) => r.length === 2));
  await go('getProcessesMonitoringPolicy', [mp, one], is(one));
  await go('updateProcessesMonitoringPolicy', [mp, one, { processes: process('test') }], is(mp));
  await go('deleteProcessesMonitoringPolicy', [mp, one], is(mp));
  await go('createMonitoringPolicyForServers', [mp, { servers: [s] }], is(mp));
  await settled('getMonitoringPolicy', mp);
  await go('listMonitoringPoliciesServers', [mp], has(s));
  await go('getServersMonitoringPolicy', [mp, s], is(s));
  await go('deleteServersMonitoringPolicy', [mp, s], is(mp));
  await go('deleteMonitoringPolicy', [mp], is(mp));
}

async function images(s) {
  const data = { server_id: s, name: 'node image', description: 'My image description', frequency: oneandone.ImageFrequency.WEEKLY, num_images: 1, source: 'server' };
  const image = idOf(await go('createImage', [data], (r) => r.name.startsWith('node image')));
  await settled('getImage', image);
  await go('listImages', [], has(image));
  await go('listImagesWithOptions', [options('node')], has(image));
  await go('getImage', [image], is(image));
  await go('updateImage', [image, { name: 'image updated nodejs', description: 'New image description', frequency: oneandone.ImageFrequency.ONCE }], is(image));
  await go('deleteImage', [image], is(image));
}

async function storages(s, centre) {
  const st = idOf(await go('createSharedStorage', [{ name: 'Node storage test', description: 'My shared storage test description', size: 50 }], (r) => r.size === 50));
  await settled('getSharedStorage', st);
  await go('listSharedStorages', [], has(st));
  await go('listSharedStoragesWithOptions', [options('Node')], has(st));
  await go('getSharedStorage', [st], is(st));
  await go('updateSharedStorage', [st, { name: 'node js storage test rename', description: 'My shared storage rename' }], is(st));
  await go('attachServerToSharedStorage', [st, { servers: [{ id: s, rights: oneandone.StorageServerRights.RW }] }], is(st));
  await settled('getSharedStorage', st);
  await go('listSharedStorageServers', [st], has(s));
  await go('getSharedStorageServer', [st, s], is(s));
  await go('getAccessCredentials', [], listed);
  await go('changePassword', [{ password: 'Test123!' }], listed);
  await go('detachServerFromSharedStorage', [st, s], is(st));
  await settled('getSharedStorage', st);
  await go('deleteSharedStorage', [st], is(st));

  const made = await go('createBlockStorage', [{ name: 'node js block storage test', description: 'My block storage test description', size: 40, datacenter_id: centre }], (r) => r.size === 40);
  const bs = idOf(made);
  await settled('getBlockStorage', bs);
  if (made) await other('ceph', '/iaas/v1/ceph/', (r) => r.length === 1);
  await go('listBlockStorages', [], has(bs));
  await go('listBlockStoragesWithOptions', [options('node')], has(bs));
  await go('getBlockStorage', [bs], is(bs));
  await go('updateBlockStorage', [bs, { name: 'node js block storage test rename', description: 'My block storage rename' }], is(bs));
  await go('attachBlockStorage', [bs, { server: s }], is(bs));
  await settled('getBlockStorage', bs);
  await go('detachBlockStorage', [bs], is(bs));
  await settled('getBlockStorage', bs);
  await go('deleteBlockStorage', [bs], is(bs));
}

async function logs() {
  const pick = { query: 'server', page: 1, perPage: 1, sort: 'action' };
  const list = await go('listLogsFixedPeriodWithOptions', [oneandone.PeriodType.LAST_7D, pick], (r) => r.length === 1);
  await go('listLogsCustomPeriodWithOptions', ['2015-05-19T00:05:00Z', '2199-05-20T00:05:00Z', pick], (r) => r.length === 1);
  await go('getLog', [firstOf(list)], is(firstOf(list), 'action'));
  await other('vm_history', '/iaas/v1/vm_history/', (r) => r.length > 5);
  await go('listUsagesFixedPeriodWithOptions', [oneandone.PeriodType.LAST_30D, pick], (r) => 'SERVERS' in r);
  await go('listUsagesCustomPeriodWithOptions', ['2015-05-19T00:05:00Z', '2199-05-20T00:05:00Z', null], (r) => 'SERVERS' in r);
}

async function people() {
  await go('getCurrentUserPermissions', [], (r) => 'servers' in r);
  const made = await go('createUser', [{ name: 'node user', description: 'User description', password: 'Test-2015', email: 'test@arsys.es' }], (r) => r.name === 'node user');
  const user = idOf(made);
  if (made) await other('user', '/membership/v1/user/', (r) => r.some((u) => u.email === 'test@arsys.es'));
  await go('listUsers', [], has(user));
  await go('listUsersWithOptions', [options('node')], has(user));
  await go('getUser', [user], is(user));
  await go('updateUser', [user, { description: 'changed', state: 'ACTIVE' }], is(user));
  await go('getUserApiInformation', [user], (r) => 'active' in r);
  await go('updateUserApiInformation', [user, { active: true }], is(user));
  await go('getUserApiKey', [user], (r) => r.key);
  await go('updateUserApiKey', [user], is(user));
  await go('addUserAPIAllowedIPs', [user, { ips: ['192.168.1.1'] }], is(user));
  await go('getUserApiAllowedIPs', [user], (r) => r.includes('192.168.1.1'));
  await go('deleteUserAPIAllowedIPs', [user, '192.168.1.1'], is(user));
  const role = idOf(await go('createRole', [{ name: 'node role' }], (r) => r.name === 'node role'));
  await go('listRoles', [], has(role));
  await go('listRolesWithOptions', [options('node')], has(role));
  await go('getRole', [role], is(role));
  await go('updateRole', [role, { name: 'node Manager role', description: 'Manager role description', state: 'ACTIVE' }], is(role));
  await go('getRolePermissions', [role], (r) => 'servers' in r);
  await go('updateRolePermissions', [role, { servers: { show: true, create: true, delete: false }, images: { show: true } }], is(role));
  await go('addUsersToRole', [role, { users: [user] }], is(role));
  await go('listRoleUsers', [role], has(user));
  await go('getRoleUser', [role, user], is(user));
  await go('removeRoleFromUser', [role, user], is(role));
  const copy = idOf(await go('cloneRole', [role, { name: 'node role' }], (r) => r.name === 'node role'));
  await go('deleteRole', [copy], is(copy));
  await go('deleteUser', [user], is(user));
}

async function vpns(centre) {
  const vpn = idOf(await go('createVpn', [{ name: 'My VPN', description: 'My VPN description', datacenter_id: centre }], (r) => r.name === 'My VPN'));
  await settled('getVpn', vpn);
  await go('listVpns', [], has(vpn));
  await go('listVpnsWithOptions', [options('VPN')], has(vpn));
  await go('getVpn', [vpn], is(vpn));
  await go('updateVpn', [vpn, { name: 'node VPN rename', description: 'node VPN rename description' }], is(vpn));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vgclients'));
  came = [];
  const [error, response, body] = await answered((done) => oneandone.getConfigurationFile(path.join(folder, 'config'), vpn, done));
  judge('getConfigurationFile', error, response, body, () => fs.statSync(path.join(folder, 'config.zip')).size > 0);
  fs.rmSync(folder, { recursive: true });
  await go('deleteVpn', [vpn], is(vpn));
}

// recovery comes last: it would leave the server in a mode of its own.
async function recovery(c) {
  const s = idOf(await go('createServer', [{
    name: 'Recovered server', hardware: { fixed_instance_size_id: c.flavor }, appliance_id: c.image, datacenter_id: c.centre,
  }], (r) => r.id));
  await rest(s);
  const [, list] = await get('/v1/recovery_appliances', { 'X-TOKEN': process.env.VIRGA_TOKEN });
  await go('recoveryRebootServer', [s, firstOf(Array.isArray(list) ? list : [])], is(s));
  await rest(s);
  await go('deleteServer', [s, false], is(s));
}

async function everything() {
  const c = await catalogue();
  await keys();
  await people();
  await publicIps();
  await vpns(c.centre);
  await servers(c);
  await recovery(c);
}

const log = console.log;
console.log = () => {}; // the library talks
everything().then(() => 0, (error) => { log(error); return 1; }).then((code) => {
  fs.writeFileSync(process.env.VIRGA_REPORT, JSON.stringify({ methods, documented, calls, refused }));
  process.exit(code);
});
