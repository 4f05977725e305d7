// Code generated from api/oneandone.openapi.yaml by tools/gen. DO NOT EDIT.

package oneandone

import "github.com/virga-cloud/virga/client/op"

// ListBlockStorages is GET /block_storages: List.
var ListBlockStorages = op.Op[op.None, []BlockStorage]{Spec: op.Spec{
	ID: "listBlockStorages", Method: "GET", Path: "/block_storages", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "block_storages", Summary: "List",
}}

// CreateBlockStorage is POST /block_storages: Create.
var CreateBlockStorage = op.Op[BlockStorageCreate, BlockStorage]{Spec: op.Spec{
	ID: "createBlockStorage", Method: "POST", Path: "/block_storages", Status: 201,
	Group: "block_storages", Summary: "Create",
	Body: "BlockStorageCreate",
}}

// GetBlockStorage is GET /block_storages/{block_storage_id}: Details.
var GetBlockStorage = op.Op[op.None, BlockStorage]{Spec: op.Spec{
	ID: "getBlockStorage", Method: "GET", Path: "/block_storages/{block_storage_id}", Status: 200,
	Group: "block_storages", Summary: "Details",
}}

// UpdateBlockStorage is PUT /block_storages/{block_storage_id}: Rename or grow.
var UpdateBlockStorage = op.Op[BlockStorageUpdate, BlockStorage]{Spec: op.Spec{
	ID: "updateBlockStorage", Method: "PUT", Path: "/block_storages/{block_storage_id}", Status: 200,
	Group: "block_storages", Summary: "Rename or grow",
	Body: "BlockStorageUpdate",
}}

// DeleteBlockStorage is DELETE /block_storages/{block_storage_id}: Delete.
var DeleteBlockStorage = op.Op[op.None, BlockStorage]{Spec: op.Spec{
	ID: "deleteBlockStorage", Method: "DELETE", Path: "/block_storages/{block_storage_id}", Status: 200,
	Group: "block_storages", Summary: "Delete",
}}

// GetBlockStorageServer is GET /block_storages/{block_storage_id}/server: Attached server.
var GetBlockStorageServer = op.Op[op.None, OrEmpty[Identity]]{Spec: op.Spec{
	ID: "getBlockStorageServer", Method: "GET", Path: "/block_storages/{block_storage_id}/server", Status: 201,
	Group: "block_storages", Summary: "Attached server",
}}

// AddBlockStorageServer is POST /block_storages/{block_storage_id}/server: Attach to a server.
var AddBlockStorageServer = op.Op[BlockStorageAttach, BlockStorage]{Spec: op.Spec{
	ID: "addBlockStorageServer", Method: "POST", Path: "/block_storages/{block_storage_id}/server", Status: 201,
	Group: "block_storages", Summary: "Attach to a server",
	Body: "BlockStorageAttach",
}}

// RemoveBlockStorageServer is DELETE /block_storages/{block_storage_id}/server: Detach.
var RemoveBlockStorageServer = op.Op[op.None, BlockStorage]{Spec: op.Spec{
	ID: "removeBlockStorageServer", Method: "DELETE", Path: "/block_storages/{block_storage_id}/server", Status: 200,
	Group: "block_storages", Summary: "Detach",
}}

// ListDatacenters is GET /datacenters: List data centres.
var ListDatacenters = op.Op[op.None, []Datacenter]{Spec: op.Spec{
	ID: "listDatacenters", Method: "GET", Path: "/datacenters", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "datacenters", Summary: "List data centres",
}}

// GetDatacenter is GET /datacenters/{datacenter_id}: Data centre details.
var GetDatacenter = op.Op[op.None, Datacenter]{Spec: op.Spec{
	ID: "getDatacenter", Method: "GET", Path: "/datacenters/{datacenter_id}", Status: 200,
	Group: "datacenters", Summary: "Data centre details",
}}

// ListDVDIsos is GET /dvd_isos: List DVD ISOs.
var ListDVDIsos = op.Op[op.None, []DVDISO]{Spec: op.Spec{
	ID: "listDvdIsos", Method: "GET", Path: "/dvd_isos", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "dvd_isos", Summary: "List DVD ISOs",
}}

// GetDVDISO is GET /dvd_isos/{dvd_iso_id}: DVD ISO details.
var GetDVDISO = op.Op[op.None, DVDISO]{Spec: op.Spec{
	ID: "getDvdIso", Method: "GET", Path: "/dvd_isos/{dvd_iso_id}", Status: 200,
	Group: "dvd_isos", Summary: "DVD ISO details",
}}

// ListFirewallPolicies is GET /firewall_policies: List.
var ListFirewallPolicies = op.Op[op.None, []FirewallPolicy]{Spec: op.Spec{
	ID: "listFirewallPolicies", Method: "GET", Path: "/firewall_policies", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "firewall_policies", Summary: "List",
}}

// CreateFirewallPolicy is POST /firewall_policies: Create.
var CreateFirewallPolicy = op.Op[FirewallPolicyCreate, FirewallPolicy]{Spec: op.Spec{
	ID: "createFirewallPolicy", Method: "POST", Path: "/firewall_policies", Status: 202,
	Group: "firewall_policies", Summary: "Create",
	Body: "FirewallPolicyCreate",
}}

// GetFirewallPolicy is GET /firewall_policies/{firewall_policy_id}: Details.
var GetFirewallPolicy = op.Op[op.None, FirewallPolicy]{Spec: op.Spec{
	ID: "getFirewallPolicy", Method: "GET", Path: "/firewall_policies/{firewall_policy_id}", Status: 200,
	Group: "firewall_policies", Summary: "Details",
}}

// UpdateFirewallPolicy is PUT /firewall_policies/{firewall_policy_id}: Rename.
var UpdateFirewallPolicy = op.Op[NameDescriptionUpdate, FirewallPolicy]{Spec: op.Spec{
	ID: "updateFirewallPolicy", Method: "PUT", Path: "/firewall_policies/{firewall_policy_id}", Status: 200,
	Group: "firewall_policies", Summary: "Rename",
	Body: "NameDescriptionUpdate",
}}

// DeleteFirewallPolicy is DELETE /firewall_policies/{firewall_policy_id}: Delete.
var DeleteFirewallPolicy = op.Op[op.None, FirewallPolicy]{Spec: op.Spec{
	ID: "deleteFirewallPolicy", Method: "DELETE", Path: "/firewall_policies/{firewall_policy_id}", Status: 202,
	Group: "firewall_policies", Summary: "Delete",
}}

// ListFirewallPolicyRules is GET /firewall_policies/{firewall_policy_id}/rules: Rules.
var ListFirewallPolicyRules = op.Op[op.None, []FirewallRule]{Spec: op.Spec{
	ID: "listFirewallPolicyRules", Method: "GET", Path: "/firewall_policies/{firewall_policy_id}/rules", Status: 200,
	Group: "firewall_policies", Summary: "Rules",
}}

// AddFirewallPolicyRules is POST /firewall_policies/{firewall_policy_id}/rules: Add rules.
var AddFirewallPolicyRules = op.Op[FirewallRulesAdd, FirewallPolicy]{Spec: op.Spec{
	ID: "addFirewallPolicyRules", Method: "POST", Path: "/firewall_policies/{firewall_policy_id}/rules", Status: 202,
	Group: "firewall_policies", Summary: "Add rules",
	Body: "FirewallRulesAdd",
}}

// GetFirewallPolicyRule is GET /firewall_policies/{firewall_policy_id}/rules/{rule_id}: Rule.
var GetFirewallPolicyRule = op.Op[op.None, FirewallRule]{Spec: op.Spec{
	ID: "getFirewallPolicyRule", Method: "GET", Path: "/firewall_policies/{firewall_policy_id}/rules/{rule_id}", Status: 200,
	Group: "firewall_policies", Summary: "Rule",
}}

// DeleteFirewallPolicyRule is DELETE /firewall_policies/{firewall_policy_id}/rules/{rule_id}: Remove a rule.
var DeleteFirewallPolicyRule = op.Op[op.None, FirewallPolicy]{Spec: op.Spec{
	ID: "deleteFirewallPolicyRule", Method: "DELETE", Path: "/firewall_policies/{firewall_policy_id}/rules/{rule_id}", Status: 202,
	Group: "firewall_policies", Summary: "Remove a rule",
}}

// ListFirewallPolicyServerIps is GET /firewall_policies/{firewall_policy_id}/server_ips: Bound IPs.
var ListFirewallPolicyServerIps = op.Op[op.None, []ServerIPInfo]{Spec: op.Spec{
	ID: "listFirewallPolicyServerIps", Method: "GET", Path: "/firewall_policies/{firewall_policy_id}/server_ips", Status: 200,
	Group: "firewall_policies", Summary: "Bound IPs",
}}

// AddFirewallPolicyServerIps is POST /firewall_policies/{firewall_policy_id}/server_ips: Bind IPs.
var AddFirewallPolicyServerIps = op.Op[ServerIPIdsRequest, FirewallPolicy]{Spec: op.Spec{
	ID: "addFirewallPolicyServerIps", Method: "POST", Path: "/firewall_policies/{firewall_policy_id}/server_ips", Status: 202,
	Group: "firewall_policies", Summary: "Bind IPs",
	Body: "ServerIPIdsRequest",
}}

// GetFirewallPolicyServerIP is GET /firewall_policies/{firewall_policy_id}/server_ips/{server_ip_id}: Bound IP.
var GetFirewallPolicyServerIP = op.Op[op.None, ServerIPInfo]{Spec: op.Spec{
	ID: "getFirewallPolicyServerIp", Method: "GET", Path: "/firewall_policies/{firewall_policy_id}/server_ips/{server_ip_id}", Status: 200,
	Group: "firewall_policies", Summary: "Bound IP",
}}

// RemoveFirewallPolicyServerIP is DELETE /firewall_policies/{firewall_policy_id}/server_ips/{server_ip_id}: Unbind an IP.
var RemoveFirewallPolicyServerIP = op.Op[op.None, FirewallPolicy]{Spec: op.Spec{
	ID: "removeFirewallPolicyServerIp", Method: "DELETE", Path: "/firewall_policies/{firewall_policy_id}/server_ips/{server_ip_id}", Status: 202,
	Group: "firewall_policies", Summary: "Unbind an IP",
}}

// ListImages is GET /images: List images.
var ListImages = op.Op[op.None, []Image]{Spec: op.Spec{
	ID: "listImages", Method: "GET", Path: "/images", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "images", Summary: "List images",
}}

// CreateImage is POST /images: Create from a server, or import.
var CreateImage = op.Op[ImageCreate, Image]{Spec: op.Spec{
	ID: "createImage", Method: "POST", Path: "/images", Status: 202,
	Group: "images", Summary: "Create from a server, or import",
	Body: "ImageCreate",
}}

// ListImageOS is GET /images/os: Operating systems for imports.
var ListImageOS = op.Op[op.None, []ImageOS]{Spec: op.Spec{
	ID: "listImageOs", Method: "GET", Path: "/images/os", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "images", Summary: "Operating systems for imports",
}}

// GetImage is GET /images/{image_id}: Image details.
var GetImage = op.Op[op.None, Image]{Spec: op.Spec{
	ID: "getImage", Method: "GET", Path: "/images/{image_id}", Status: 200,
	Group: "images", Summary: "Image details",
}}

// UpdateImage is PUT /images/{image_id}: Change name, description or frequency.
var UpdateImage = op.Op[ImageUpdate, Image]{Spec: op.Spec{
	ID: "updateImage", Method: "PUT", Path: "/images/{image_id}", Status: 200,
	Group: "images", Summary: "Change name, description or frequency",
	Body: "ImageUpdate",
}}

// DeleteImage is DELETE /images/{image_id}: Delete.
var DeleteImage = op.Op[op.None, Image]{Spec: op.Spec{
	ID: "deleteImage", Method: "DELETE", Path: "/images/{image_id}", Status: 202,
	Group: "images", Summary: "Delete",
}}

// ListLoadBalancers is GET /load_balancers: List.
var ListLoadBalancers = op.Op[op.None, []LoadBalancer]{Spec: op.Spec{
	ID: "listLoadBalancers", Method: "GET", Path: "/load_balancers", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "load_balancers", Summary: "List",
}}

// CreateLoadBalancer is POST /load_balancers: Create.
var CreateLoadBalancer = op.Op[LoadBalancerCreate, LoadBalancer]{Spec: op.Spec{
	ID: "createLoadBalancer", Method: "POST", Path: "/load_balancers", Status: 202,
	Group: "load_balancers", Summary: "Create",
	Body: "LoadBalancerCreate",
}}

// GetLoadBalancer is GET /load_balancers/{load_balancer_id}: Details.
var GetLoadBalancer = op.Op[op.None, LoadBalancer]{Spec: op.Spec{
	ID: "getLoadBalancer", Method: "GET", Path: "/load_balancers/{load_balancer_id}", Status: 200,
	Group: "load_balancers", Summary: "Details",
}}

// UpdateLoadBalancer is PUT /load_balancers/{load_balancer_id}: Change.
var UpdateLoadBalancer = op.Op[LoadBalancerUpdate, LoadBalancer]{Spec: op.Spec{
	ID: "updateLoadBalancer", Method: "PUT", Path: "/load_balancers/{load_balancer_id}", Status: 202,
	Group: "load_balancers", Summary: "Change",
	Body: "LoadBalancerUpdate",
}}

// DeleteLoadBalancer is DELETE /load_balancers/{load_balancer_id}: Delete.
var DeleteLoadBalancer = op.Op[op.None, LoadBalancer]{Spec: op.Spec{
	ID: "deleteLoadBalancer", Method: "DELETE", Path: "/load_balancers/{load_balancer_id}", Status: 202,
	Group: "load_balancers", Summary: "Delete",
}}

// ListLoadBalancerRules is GET /load_balancers/{load_balancer_id}/rules: Rules.
var ListLoadBalancerRules = op.Op[op.None, []LoadBalancerRule]{Spec: op.Spec{
	ID: "listLoadBalancerRules", Method: "GET", Path: "/load_balancers/{load_balancer_id}/rules", Status: 200,
	Group: "load_balancers", Summary: "Rules",
}}

// AddLoadBalancerRules is POST /load_balancers/{load_balancer_id}/rules: Add rules.
var AddLoadBalancerRules = op.Op[LoadBalancerRulesAdd, LoadBalancer]{Spec: op.Spec{
	ID: "addLoadBalancerRules", Method: "POST", Path: "/load_balancers/{load_balancer_id}/rules", Status: 202,
	Group: "load_balancers", Summary: "Add rules",
	Body: "LoadBalancerRulesAdd",
}}

// GetLoadBalancerRule is GET /load_balancers/{load_balancer_id}/rules/{rule_id}: Rule.
var GetLoadBalancerRule = op.Op[op.None, LoadBalancerRule]{Spec: op.Spec{
	ID: "getLoadBalancerRule", Method: "GET", Path: "/load_balancers/{load_balancer_id}/rules/{rule_id}", Status: 200,
	Group: "load_balancers", Summary: "Rule",
}}

// DeleteLoadBalancerRule is DELETE /load_balancers/{load_balancer_id}/rules/{rule_id}: Remove a rule.
var DeleteLoadBalancerRule = op.Op[op.None, LoadBalancer]{Spec: op.Spec{
	ID: "deleteLoadBalancerRule", Method: "DELETE", Path: "/load_balancers/{load_balancer_id}/rules/{rule_id}", Status: 202,
	Group: "load_balancers", Summary: "Remove a rule",
}}

// ListLoadBalancerServerIps is GET /load_balancers/{load_balancer_id}/server_ips: Bound IPs.
var ListLoadBalancerServerIps = op.Op[op.None, []ServerIPInfo]{Spec: op.Spec{
	ID: "listLoadBalancerServerIps", Method: "GET", Path: "/load_balancers/{load_balancer_id}/server_ips", Status: 200,
	Group: "load_balancers", Summary: "Bound IPs",
}}

// AddLoadBalancerServerIps is POST /load_balancers/{load_balancer_id}/server_ips: Bind IPs.
var AddLoadBalancerServerIps = op.Op[ServerIPIdsRequest, LoadBalancer]{Spec: op.Spec{
	ID: "addLoadBalancerServerIps", Method: "POST", Path: "/load_balancers/{load_balancer_id}/server_ips", Status: 202,
	Group: "load_balancers", Summary: "Bind IPs",
	Body: "ServerIPIdsRequest",
}}

// GetLoadBalancerServerIP is GET /load_balancers/{load_balancer_id}/server_ips/{server_ip_id}: Bound IP.
var GetLoadBalancerServerIP = op.Op[op.None, ServerIPInfo]{Spec: op.Spec{
	ID: "getLoadBalancerServerIp", Method: "GET", Path: "/load_balancers/{load_balancer_id}/server_ips/{server_ip_id}", Status: 200,
	Group: "load_balancers", Summary: "Bound IP",
}}

// RemoveLoadBalancerServerIP is DELETE /load_balancers/{load_balancer_id}/server_ips/{server_ip_id}: Unbind an IP.
var RemoveLoadBalancerServerIP = op.Op[op.None, LoadBalancer]{Spec: op.Spec{
	ID: "removeLoadBalancerServerIp", Method: "DELETE", Path: "/load_balancers/{load_balancer_id}/server_ips/{server_ip_id}", Status: 202,
	Group: "load_balancers", Summary: "Unbind an IP",
}}

// ListLogs is GET /logs: Audit entries in a window.
var ListLogs = op.Op[op.None, []Log]{Spec: op.Spec{
	ID: "listLogs", Method: "GET", Path: "/logs", Status: 200,
	Query: []string{"period", "start_date", "end_date", "page", "per_page", "sort", "q", "fields"},
	Group: "logs", Summary: "Audit entries in a window",
}}

// GetLog is GET /logs/{log_id}: Audit entry.
var GetLog = op.Op[op.None, Log]{Spec: op.Spec{
	ID: "getLog", Method: "GET", Path: "/logs/{log_id}", Status: 200,
	Group: "logs", Summary: "Audit entry",
}}

// ListMonitoringServersUsages is GET /monitoring_center: Servers with their monitoring state.
var ListMonitoringServersUsages = op.Op[op.None, []MonitoringSummary]{Spec: op.Spec{
	ID: "listMonitoringServersUsages", Method: "GET", Path: "/monitoring_center", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "monitoring_center", Summary: "Servers with their monitoring state",
}}

// GetMonitoringServerUsage is GET /monitoring_center/{server_id}: Measured series of one server.
var GetMonitoringServerUsage = op.Op[op.None, MonitoringDetail]{Spec: op.Spec{
	ID: "getMonitoringServerUsage", Method: "GET", Path: "/monitoring_center/{server_id}", Status: 200,
	Query: []string{"period", "start_date", "end_date"},
	Group: "monitoring_center", Summary: "Measured series of one server",
}}

// ListMonitoringPolicies is GET /monitoring_policies: List.
var ListMonitoringPolicies = op.Op[op.None, []MonitoringPolicy]{Spec: op.Spec{
	ID: "listMonitoringPolicies", Method: "GET", Path: "/monitoring_policies", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "monitoring_policies", Summary: "List",
}}

// CreateMonitoringPolicy is POST /monitoring_policies: Create.
var CreateMonitoringPolicy = op.Op[MonitoringPolicyCreate, MonitoringPolicy]{Spec: op.Spec{
	ID: "createMonitoringPolicy", Method: "POST", Path: "/monitoring_policies", Status: 201,
	Group: "monitoring_policies", Summary: "Create",
	Body: "MonitoringPolicyCreate",
}}

// GetMonitoringPolicy is GET /monitoring_policies/{monitoring_policy_id}: Details.
var GetMonitoringPolicy = op.Op[op.None, MonitoringPolicy]{Spec: op.Spec{
	ID: "getMonitoringPolicy", Method: "GET", Path: "/monitoring_policies/{monitoring_policy_id}", Status: 200,
	Group: "monitoring_policies", Summary: "Details",
}}

// UpdateMonitoringPolicy is PUT /monitoring_policies/{monitoring_policy_id}: Change.
var UpdateMonitoringPolicy = op.Op[MonitoringPolicyUpdate, MonitoringPolicy]{Spec: op.Spec{
	ID: "updateMonitoringPolicy", Method: "PUT", Path: "/monitoring_policies/{monitoring_policy_id}", Status: 202,
	Group: "monitoring_policies", Summary: "Change",
	Body: "MonitoringPolicyUpdate",
}}

// DeleteMonitoringPolicy is DELETE /monitoring_policies/{monitoring_policy_id}: Delete.
var DeleteMonitoringPolicy = op.Op[op.None, MonitoringPolicy]{Spec: op.Spec{
	ID: "deleteMonitoringPolicy", Method: "DELETE", Path: "/monitoring_policies/{monitoring_policy_id}", Status: 202,
	Group: "monitoring_policies", Summary: "Delete",
}}

// ListMonitoringPolicyPorts is GET /monitoring_policies/{monitoring_policy_id}/ports: Ports watched.
var ListMonitoringPolicyPorts = op.Op[op.None, []MonitoringPort]{Spec: op.Spec{
	ID: "listMonitoringPolicyPorts", Method: "GET", Path: "/monitoring_policies/{monitoring_policy_id}/ports", Status: 200,
	Group: "monitoring_policies", Summary: "Ports watched",
}}

// AddMonitoringPolicyPorts is POST /monitoring_policies/{monitoring_policy_id}/ports: Add ports.
var AddMonitoringPolicyPorts = op.Op[MonitoringPortsAdd, MonitoringPolicy]{Spec: op.Spec{
	ID: "addMonitoringPolicyPorts", Method: "POST", Path: "/monitoring_policies/{monitoring_policy_id}/ports", Status: 202,
	Group: "monitoring_policies", Summary: "Add ports",
	Body: "MonitoringPortsAdd",
}}

// GetMonitoringPolicyPort is GET /monitoring_policies/{monitoring_policy_id}/ports/{port_id}: Port entry.
var GetMonitoringPolicyPort = op.Op[op.None, MonitoringPort]{Spec: op.Spec{
	ID: "getMonitoringPolicyPort", Method: "GET", Path: "/monitoring_policies/{monitoring_policy_id}/ports/{port_id}", Status: 200,
	Group: "monitoring_policies", Summary: "Port entry",
}}

// ModifyMonitoringPolicyPort is PUT /monitoring_policies/{monitoring_policy_id}/ports/{port_id}: Change alert_if and email_notification.
var ModifyMonitoringPolicyPort = op.Op[MonitoringPortUpdate, MonitoringPolicy]{Spec: op.Spec{
	ID: "modifyMonitoringPolicyPort", Method: "PUT", Path: "/monitoring_policies/{monitoring_policy_id}/ports/{port_id}", Status: 202,
	Group: "monitoring_policies", Summary: "Change alert_if and email_notification",
	Body: "MonitoringPortUpdate",
}}

// DeleteMonitoringPolicyPort is DELETE /monitoring_policies/{monitoring_policy_id}/ports/{port_id}: Remove the entry.
var DeleteMonitoringPolicyPort = op.Op[op.None, MonitoringPolicy]{Spec: op.Spec{
	ID: "deleteMonitoringPolicyPort", Method: "DELETE", Path: "/monitoring_policies/{monitoring_policy_id}/ports/{port_id}", Status: 202,
	Group: "monitoring_policies", Summary: "Remove the entry",
}}

// ListMonitoringPolicyProcesses is GET /monitoring_policies/{monitoring_policy_id}/processes: Processes watched.
var ListMonitoringPolicyProcesses = op.Op[op.None, []MonitoringProcess]{Spec: op.Spec{
	ID: "listMonitoringPolicyProcesses", Method: "GET", Path: "/monitoring_policies/{monitoring_policy_id}/processes", Status: 200,
	Group: "monitoring_policies", Summary: "Processes watched",
}}

// AddMonitoringPolicyProcesses is POST /monitoring_policies/{monitoring_policy_id}/processes: Add processes.
var AddMonitoringPolicyProcesses = op.Op[MonitoringProcessesAdd, MonitoringPolicy]{Spec: op.Spec{
	ID: "addMonitoringPolicyProcesses", Method: "POST", Path: "/monitoring_policies/{monitoring_policy_id}/processes", Status: 202,
	Group: "monitoring_policies", Summary: "Add processes",
	Body: "MonitoringProcessesAdd",
}}

// GetMonitoringPolicyProcess is GET /monitoring_policies/{monitoring_policy_id}/processes/{process_id}: Process entry.
var GetMonitoringPolicyProcess = op.Op[op.None, MonitoringProcess]{Spec: op.Spec{
	ID: "getMonitoringPolicyProcess", Method: "GET", Path: "/monitoring_policies/{monitoring_policy_id}/processes/{process_id}", Status: 200,
	Group: "monitoring_policies", Summary: "Process entry",
}}

// ModifyMonitoringPolicyProcess is PUT /monitoring_policies/{monitoring_policy_id}/processes/{process_id}: Change alert_if and email_notification.
var ModifyMonitoringPolicyProcess = op.Op[MonitoringProcessUpdate, MonitoringPolicy]{Spec: op.Spec{
	ID: "modifyMonitoringPolicyProcess", Method: "PUT", Path: "/monitoring_policies/{monitoring_policy_id}/processes/{process_id}", Status: 202,
	Group: "monitoring_policies", Summary: "Change alert_if and email_notification",
	Body: "MonitoringProcessUpdate",
}}

// DeleteMonitoringPolicyProcess is DELETE /monitoring_policies/{monitoring_policy_id}/processes/{process_id}: Remove the entry.
var DeleteMonitoringPolicyProcess = op.Op[op.None, MonitoringPolicy]{Spec: op.Spec{
	ID: "deleteMonitoringPolicyProcess", Method: "DELETE", Path: "/monitoring_policies/{monitoring_policy_id}/processes/{process_id}", Status: 202,
	Group: "monitoring_policies", Summary: "Remove the entry",
}}

// ListMonitoringPolicyServers is GET /monitoring_policies/{monitoring_policy_id}/servers: Monitored servers.
var ListMonitoringPolicyServers = op.Op[op.None, []Identity]{Spec: op.Spec{
	ID: "listMonitoringPolicyServers", Method: "GET", Path: "/monitoring_policies/{monitoring_policy_id}/servers", Status: 200,
	Group: "monitoring_policies", Summary: "Monitored servers",
}}

// AttachMonitoringPolicyServers is POST /monitoring_policies/{monitoring_policy_id}/servers: Attach servers.
var AttachMonitoringPolicyServers = op.Op[ServerIdsRequest, MonitoringPolicy]{Spec: op.Spec{
	ID: "attachMonitoringPolicyServers", Method: "POST", Path: "/monitoring_policies/{monitoring_policy_id}/servers", Status: 202,
	Group: "monitoring_policies", Summary: "Attach servers",
	Body: "ServerIdsRequest",
}}

// GetMonitoringPolicyServer is GET /monitoring_policies/{monitoring_policy_id}/servers/{server_id}: Monitored server.
var GetMonitoringPolicyServer = op.Op[op.None, Identity]{Spec: op.Spec{
	ID: "getMonitoringPolicyServer", Method: "GET", Path: "/monitoring_policies/{monitoring_policy_id}/servers/{server_id}", Status: 200,
	Group: "monitoring_policies", Summary: "Monitored server",
}}

// RemoveMonitoringPolicyServer is DELETE /monitoring_policies/{monitoring_policy_id}/servers/{server_id}: Detach a server.
var RemoveMonitoringPolicyServer = op.Op[op.None, MonitoringPolicy]{Spec: op.Spec{
	ID: "removeMonitoringPolicyServer", Method: "DELETE", Path: "/monitoring_policies/{monitoring_policy_id}/servers/{server_id}", Status: 202,
	Group: "monitoring_policies", Summary: "Detach a server",
}}

// Ping is GET /ping: Liveness; no token needed.
var Ping = op.Op[op.None, Pong]{Spec: op.Spec{
	ID: "ping", Method: "GET", Path: "/ping", Status: 200,
	Group: "ping", Summary: "Liveness; no token needed",
	Public: true,
}}

// PingAuth is GET /ping_auth: Liveness with token check.
var PingAuth = op.Op[op.None, Pong]{Spec: op.Spec{
	ID: "pingAuth", Method: "GET", Path: "/ping_auth", Status: 200,
	Group: "ping", Summary: "Liveness with token check",
}}

// GetPricing is GET /pricing: Price list.
var GetPricing = op.Op[op.None, Pricing]{Spec: op.Spec{
	ID: "getPricing", Method: "GET", Path: "/pricing", Status: 200,
	Group: "pricing", Summary: "Price list",
}}

// ListPrivateNetworks is GET /private_networks: List.
var ListPrivateNetworks = op.Op[op.None, []PrivateNetwork]{Spec: op.Spec{
	ID: "listPrivateNetworks", Method: "GET", Path: "/private_networks", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "private_networks", Summary: "List",
}}

// CreatePrivateNetwork is POST /private_networks: Create.
var CreatePrivateNetwork = op.Op[PrivateNetworkCreate, PrivateNetwork]{Spec: op.Spec{
	ID: "createPrivateNetwork", Method: "POST", Path: "/private_networks", Status: 202,
	Group: "private_networks", Summary: "Create",
	Body: "PrivateNetworkCreate",
}}

// GetPrivateNetwork is GET /private_networks/{private_network_id}: Details.
var GetPrivateNetwork = op.Op[op.None, PrivateNetwork]{Spec: op.Spec{
	ID: "getPrivateNetwork", Method: "GET", Path: "/private_networks/{private_network_id}", Status: 200,
	Group: "private_networks", Summary: "Details",
}}

// UpdatePrivateNetwork is PUT /private_networks/{private_network_id}: Change.
var UpdatePrivateNetwork = op.Op[PrivateNetworkUpdate, PrivateNetwork]{Spec: op.Spec{
	ID: "updatePrivateNetwork", Method: "PUT", Path: "/private_networks/{private_network_id}", Status: 200,
	Group: "private_networks", Summary: "Change",
	Body: "PrivateNetworkUpdate",
}}

// DeletePrivateNetwork is DELETE /private_networks/{private_network_id}: Delete.
var DeletePrivateNetwork = op.Op[op.None, PrivateNetwork]{Spec: op.Spec{
	ID: "deletePrivateNetwork", Method: "DELETE", Path: "/private_networks/{private_network_id}", Status: 202,
	Group: "private_networks", Summary: "Delete",
}}

// ListPrivateNetworkServers is GET /private_networks/{private_network_id}/servers: Attached servers.
var ListPrivateNetworkServers = op.Op[op.None, []Identity]{Spec: op.Spec{
	ID: "listPrivateNetworkServers", Method: "GET", Path: "/private_networks/{private_network_id}/servers", Status: 200,
	Group: "private_networks", Summary: "Attached servers",
}}

// AttachPrivateNetworkServers is POST /private_networks/{private_network_id}/servers: Attach servers.
var AttachPrivateNetworkServers = op.Op[ServerIdsRequest, PrivateNetwork]{Spec: op.Spec{
	ID: "attachPrivateNetworkServers", Method: "POST", Path: "/private_networks/{private_network_id}/servers", Status: 202,
	Group: "private_networks", Summary: "Attach servers",
	Body: "ServerIdsRequest",
}}

// GetPrivateNetworkServer is GET /private_networks/{private_network_id}/servers/{server_id}: Attached server.
var GetPrivateNetworkServer = op.Op[op.None, Identity]{Spec: op.Spec{
	ID: "getPrivateNetworkServer", Method: "GET", Path: "/private_networks/{private_network_id}/servers/{server_id}", Status: 200,
	Group: "private_networks", Summary: "Attached server",
}}

// DetachPrivateNetworkServer is DELETE /private_networks/{private_network_id}/servers/{server_id}: Detach a server.
var DetachPrivateNetworkServer = op.Op[op.None, PrivateNetwork]{Spec: op.Spec{
	ID: "detachPrivateNetworkServer", Method: "DELETE", Path: "/private_networks/{private_network_id}/servers/{server_id}", Status: 202,
	Group: "private_networks", Summary: "Detach a server",
}}

// ListPublicIps is GET /public_ips: List.
var ListPublicIps = op.Op[op.None, []PublicIP]{Spec: op.Spec{
	ID: "listPublicIps", Method: "GET", Path: "/public_ips", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "public_ips", Summary: "List",
}}

// CreatePublicIP is POST /public_ips: Allocate.
var CreatePublicIP = op.Op[PublicIPCreate, PublicIP]{Spec: op.Spec{
	ID: "createPublicIp", Method: "POST", Path: "/public_ips", Status: 201,
	Group: "public_ips", Summary: "Allocate",
	Body:     "PublicIPCreate",
	Optional: true,
}}

// GetPublicIP is GET /public_ips/{public_ip_id}: Details.
var GetPublicIP = op.Op[op.None, PublicIP]{Spec: op.Spec{
	ID: "getPublicIp", Method: "GET", Path: "/public_ips/{public_ip_id}", Status: 200,
	Group: "public_ips", Summary: "Details",
}}

// UpdatePublicIP is PUT /public_ips/{public_ip_id}: Change reverse DNS.
var UpdatePublicIP = op.Op[PublicIPUpdate, PublicIP]{Spec: op.Spec{
	ID: "updatePublicIp", Method: "PUT", Path: "/public_ips/{public_ip_id}", Status: 200,
	Group: "public_ips", Summary: "Change reverse DNS",
	Body: "PublicIPUpdate",
}}

// DeletePublicIP is DELETE /public_ips/{public_ip_id}: Release.
var DeletePublicIP = op.Op[op.None, PublicIP]{Spec: op.Spec{
	ID: "deletePublicIp", Method: "DELETE", Path: "/public_ips/{public_ip_id}", Status: 200,
	Group: "public_ips", Summary: "Release",
}}

// ListRecoveryAppliances is GET /recovery_appliances: List recovery appliances.
var ListRecoveryAppliances = op.Op[op.None, []RecoveryApplianceSummary]{Spec: op.Spec{
	ID: "listRecoveryAppliances", Method: "GET", Path: "/recovery_appliances", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "recovery_appliances", Summary: "List recovery appliances",
}}

// GetRecoveryAppliance is GET /recovery_appliances/{appliance_id}: Recovery appliance details.
var GetRecoveryAppliance = op.Op[op.None, RecoveryAppliance]{Spec: op.Spec{
	ID: "getRecoveryAppliance", Method: "GET", Path: "/recovery_appliances/{appliance_id}", Status: 200,
	Group: "recovery_appliances", Summary: "Recovery appliance details",
}}

// ListRoles is GET /roles: List.
var ListRoles = op.Op[op.None, []Role]{Spec: op.Spec{
	ID: "listRoles", Method: "GET", Path: "/roles", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "roles", Summary: "List",
}}

// CreateRole is POST /roles: Create.
var CreateRole = op.Op[NameRequest, Role]{Spec: op.Spec{
	ID: "createRole", Method: "POST", Path: "/roles", Status: 201,
	Group: "roles", Summary: "Create",
	Body: "NameRequest",
}}

// GetRole is GET /roles/{role_id}: Details.
var GetRole = op.Op[op.None, Role]{Spec: op.Spec{
	ID: "getRole", Method: "GET", Path: "/roles/{role_id}", Status: 200,
	Group: "roles", Summary: "Details",
}}

// ModifyRole is PUT /roles/{role_id}: Change.
var ModifyRole = op.Op[RoleUpdate, Role]{Spec: op.Spec{
	ID: "modifyRole", Method: "PUT", Path: "/roles/{role_id}", Status: 200,
	Group: "roles", Summary: "Change",
	Body: "RoleUpdate",
}}

// DeleteRole is DELETE /roles/{role_id}: Delete.
var DeleteRole = op.Op[op.None, Role]{Spec: op.Spec{
	ID: "deleteRole", Method: "DELETE", Path: "/roles/{role_id}", Status: 200,
	Group: "roles", Summary: "Delete",
}}

// CloneRole is POST /roles/{role_id}/clone: Copy a role.
var CloneRole = op.Op[NameRequest, Role]{Spec: op.Spec{
	ID: "cloneRole", Method: "POST", Path: "/roles/{role_id}/clone", Status: 201,
	Group: "roles", Summary: "Copy a role",
	Body: "NameRequest",
}}

// GetRolePermissions is GET /roles/{role_id}/permissions: Permissions.
var GetRolePermissions = op.Op[op.None, Permissions]{Spec: op.Spec{
	ID: "getRolePermissions", Method: "GET", Path: "/roles/{role_id}/permissions", Status: 200,
	Group: "roles", Summary: "Permissions",
}}

// ModifyRolePermissions is PUT /roles/{role_id}/permissions: Change permissions.
var ModifyRolePermissions = op.Op[PermissionsUpdate, Role]{Spec: op.Spec{
	ID: "modifyRolePermissions", Method: "PUT", Path: "/roles/{role_id}/permissions", Status: 200,
	Group: "roles", Summary: "Change permissions",
	Body: "PermissionsUpdate",
}}

// ListRoleUsers is GET /roles/{role_id}/users: Members.
var ListRoleUsers = op.Op[op.None, []Identity]{Spec: op.Spec{
	ID: "listRoleUsers", Method: "GET", Path: "/roles/{role_id}/users", Status: 200,
	Group: "roles", Summary: "Members",
}}

// AssignRoleUsers is POST /roles/{role_id}/users: Add members.
var AssignRoleUsers = op.Op[RoleUsersAdd, Role]{Spec: op.Spec{
	ID: "assignRoleUsers", Method: "POST", Path: "/roles/{role_id}/users", Status: 201,
	Group: "roles", Summary: "Add members",
	Body: "RoleUsersAdd",
}}

// GetRoleUser is GET /roles/{role_id}/users/{user_id}: Member.
var GetRoleUser = op.Op[op.None, Identity]{Spec: op.Spec{
	ID: "getRoleUser", Method: "GET", Path: "/roles/{role_id}/users/{user_id}", Status: 200,
	Group: "roles", Summary: "Member",
}}

// RemoveRoleUser is DELETE /roles/{role_id}/users/{user_id}: Remove a member.
var RemoveRoleUser = op.Op[op.None, Role]{Spec: op.Spec{
	ID: "removeRoleUser", Method: "DELETE", Path: "/roles/{role_id}/users/{user_id}", Status: 202,
	Group: "roles", Summary: "Remove a member",
}}

// ListServerAppliances is GET /server_appliances: List appliances.
var ListServerAppliances = op.Op[op.None, []ServerAppliance]{Spec: op.Spec{
	ID: "listServerAppliances", Method: "GET", Path: "/server_appliances", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "server_appliances", Summary: "List appliances",
}}

// GetServerAppliance is GET /server_appliances/{appliance_id}: Appliance details.
var GetServerAppliance = op.Op[op.None, ServerAppliance]{Spec: op.Spec{
	ID: "getServerAppliance", Method: "GET", Path: "/server_appliances/{appliance_id}", Status: 200,
	Group: "server_appliances", Summary: "Appliance details",
}}

// ListServers is GET /servers: List servers.
var ListServers = op.Op[op.None, []ServerSummary]{Spec: op.Spec{
	ID: "listServers", Method: "GET", Path: "/servers", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "servers", Summary: "List servers",
}}

// CreateServer is POST /servers: Create a server.
var CreateServer = op.Op[ServerCreate, Server]{Spec: op.Spec{
	ID: "createServer", Method: "POST", Path: "/servers", Status: 202,
	Group: "servers", Summary: "Create a server",
	Body: "ServerCreate",
}}

// ListBaremetalModels is GET /servers/baremetal_models: List bare-metal models.
var ListBaremetalModels = op.Op[op.None, []BaremetalModel]{Spec: op.Spec{
	ID: "listBaremetalModels", Method: "GET", Path: "/servers/baremetal_models", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "servers", Summary: "List bare-metal models",
}}

// GetBaremetalModel is GET /servers/baremetal_models/{baremetal_model_id}: Bare-metal model details.
var GetBaremetalModel = op.Op[op.None, BaremetalModel]{Spec: op.Spec{
	ID: "getBaremetalModel", Method: "GET", Path: "/servers/baremetal_models/{baremetal_model_id}", Status: 200,
	Group: "servers", Summary: "Bare-metal model details",
}}

// ListFixedInstanceSizes is GET /servers/fixed_instance_sizes: List flavors.
var ListFixedInstanceSizes = op.Op[op.None, []FixedInstanceSize]{Spec: op.Spec{
	ID: "listFixedInstanceSizes", Method: "GET", Path: "/servers/fixed_instance_sizes", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "servers", Summary: "List flavors",
}}

// GetFixedInstanceSize is GET /servers/fixed_instance_sizes/{fixed_instance_size_id}: Flavor details.
var GetFixedInstanceSize = op.Op[op.None, FixedInstanceSize]{Spec: op.Spec{
	ID: "getFixedInstanceSize", Method: "GET", Path: "/servers/fixed_instance_sizes/{fixed_instance_size_id}", Status: 200,
	Group: "servers", Summary: "Flavor details",
}}

// GetServer is GET /servers/{server_id}: Server details.
var GetServer = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "getServer", Method: "GET", Path: "/servers/{server_id}", Status: 200,
	Group: "servers", Summary: "Server details",
}}

// RenameServer is PUT /servers/{server_id}: Change name and description.
var RenameServer = op.Op[NameDescriptionUpdate, Server]{Spec: op.Spec{
	ID: "renameServer", Method: "PUT", Path: "/servers/{server_id}", Status: 200,
	Group: "servers", Summary: "Change name and description",
	Body: "NameDescriptionUpdate",
}}

// DeleteServer is DELETE /servers/{server_id}: Delete a server.
var DeleteServer = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "deleteServer", Method: "DELETE", Path: "/servers/{server_id}", Status: 202,
	Query: []string{"keep_ips", "keep_hdds"},
	Group: "servers", Summary: "Delete a server",
}}

// CloneServer is POST /servers/{server_id}/clone: Clone into a new server.
var CloneServer = op.Op[ServerClone, Server]{Spec: op.Spec{
	ID: "cloneServer", Method: "POST", Path: "/servers/{server_id}/clone", Status: 202,
	Group: "servers", Summary: "Clone into a new server",
	Body: "ServerClone",
}}

// GetServerDVD is GET /servers/{server_id}/dvd: Inserted DVD.
var GetServerDVD = op.Op[op.None, OrEmpty[Identity]]{Spec: op.Spec{
	ID: "getServerDvd", Method: "GET", Path: "/servers/{server_id}/dvd", Status: 200,
	Group: "servers", Summary: "Inserted DVD",
}}

// LoadServerDVD is PUT /servers/{server_id}/dvd: Insert a DVD.
var LoadServerDVD = op.Op[IDRequest, Server]{Spec: op.Spec{
	ID: "loadServerDvd", Method: "PUT", Path: "/servers/{server_id}/dvd", Status: 202,
	Group: "servers", Summary: "Insert a DVD",
	Body: "IDRequest",
}}

// EjectServerDVD is DELETE /servers/{server_id}/dvd: Eject the DVD.
var EjectServerDVD = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "ejectServerDvd", Method: "DELETE", Path: "/servers/{server_id}/dvd", Status: 202,
	Group: "servers", Summary: "Eject the DVD",
}}

// GetServerHardware is GET /servers/{server_id}/hardware: Hardware.
var GetServerHardware = op.Op[op.None, Hardware]{Spec: op.Spec{
	ID: "getServerHardware", Method: "GET", Path: "/servers/{server_id}/hardware", Status: 200,
	Group: "servers", Summary: "Hardware",
}}

// UpdateServerHardware is PUT /servers/{server_id}/hardware: Resize CPU, RAM or flavor.
var UpdateServerHardware = op.Op[HardwareUpdate, Server]{Spec: op.Spec{
	ID: "updateServerHardware", Method: "PUT", Path: "/servers/{server_id}/hardware", Status: 202,
	Group: "servers", Summary: "Resize CPU, RAM or flavor",
	Body: "HardwareUpdate",
}}

// ListServerHdds is GET /servers/{server_id}/hardware/hdds: Disks.
var ListServerHdds = op.Op[op.None, []HDD]{Spec: op.Spec{
	ID: "listServerHdds", Method: "GET", Path: "/servers/{server_id}/hardware/hdds", Status: 200,
	Group: "servers", Summary: "Disks",
}}

// AddServerHdds is POST /servers/{server_id}/hardware/hdds: Add disks.
var AddServerHdds = op.Op[HddsAdd, Server]{Spec: op.Spec{
	ID: "addServerHdds", Method: "POST", Path: "/servers/{server_id}/hardware/hdds", Status: 202,
	Group: "servers", Summary: "Add disks",
	Body: "HddsAdd",
}}

// GetServerHDD is GET /servers/{server_id}/hardware/hdds/{hdd_id}: Disk details.
var GetServerHDD = op.Op[op.None, HDD]{Spec: op.Spec{
	ID: "getServerHdd", Method: "GET", Path: "/servers/{server_id}/hardware/hdds/{hdd_id}", Status: 200,
	Group: "servers", Summary: "Disk details",
}}

// ResizeServerHDD is PUT /servers/{server_id}/hardware/hdds/{hdd_id}: Grow a disk.
var ResizeServerHDD = op.Op[HDDUpdate, Server]{Spec: op.Spec{
	ID: "resizeServerHdd", Method: "PUT", Path: "/servers/{server_id}/hardware/hdds/{hdd_id}", Status: 202,
	Group: "servers", Summary: "Grow a disk",
	Body: "HDDUpdate",
}}

// DeleteServerHDD is DELETE /servers/{server_id}/hardware/hdds/{hdd_id}: Remove a non-main disk.
var DeleteServerHDD = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "deleteServerHdd", Method: "DELETE", Path: "/servers/{server_id}/hardware/hdds/{hdd_id}", Status: 202,
	Group: "servers", Summary: "Remove a non-main disk",
}}

// GetServerImage is GET /servers/{server_id}/image: Installed image.
var GetServerImage = op.Op[op.None, Identity]{Spec: op.Spec{
	ID: "getServerImage", Method: "GET", Path: "/servers/{server_id}/image", Status: 200,
	Group: "servers", Summary: "Installed image",
}}

// ReinstallServerImage is PUT /servers/{server_id}/image: Reinstall.
var ReinstallServerImage = op.Op[ServerImageUpdate, Server]{Spec: op.Spec{
	ID: "reinstallServerImage", Method: "PUT", Path: "/servers/{server_id}/image", Status: 202,
	Group: "servers", Summary: "Reinstall",
	Body: "ServerImageUpdate",
}}

// ListServerIps is GET /servers/{server_id}/ips: Public IPs of the server.
var ListServerIps = op.Op[op.None, []ServerIP]{Spec: op.Spec{
	ID: "listServerIps", Method: "GET", Path: "/servers/{server_id}/ips", Status: 200,
	Group: "servers", Summary: "Public IPs of the server",
}}

// AssignServerIP is POST /servers/{server_id}/ips: Allocate and assign another IP.
var AssignServerIP = op.Op[IPTypeRequest, Server]{Spec: op.Spec{
	ID: "assignServerIp", Method: "POST", Path: "/servers/{server_id}/ips", Status: 201,
	Group: "servers", Summary: "Allocate and assign another IP",
	Body:     "IPTypeRequest",
	Optional: true,
}}

// GetServerIP is GET /servers/{server_id}/ips/{ip_id}: Public IP of the server.
var GetServerIP = op.Op[op.None, ServerIP]{Spec: op.Spec{
	ID: "getServerIp", Method: "GET", Path: "/servers/{server_id}/ips/{ip_id}", Status: 200,
	Group: "servers", Summary: "Public IP of the server",
}}

// DeleteServerIP is DELETE /servers/{server_id}/ips/{ip_id}: Unassign an IP.
var DeleteServerIP = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "deleteServerIp", Method: "DELETE", Path: "/servers/{server_id}/ips/{ip_id}", Status: 202,
	Query: []string{"keep_ip"},
	Group: "servers", Summary: "Unassign an IP",
}}

// GetServerIPFirewallPolicy is GET /servers/{server_id}/ips/{ip_id}/firewall_policy: Firewall policy of an IP.
var GetServerIPFirewallPolicy = op.Op[op.None, OrEmpty[Identity]]{Spec: op.Spec{
	ID: "getServerIpFirewallPolicy", Method: "GET", Path: "/servers/{server_id}/ips/{ip_id}/firewall_policy", Status: 200,
	Group: "servers", Summary: "Firewall policy of an IP",
}}

// AssignServerIPFirewallPolicy is PUT /servers/{server_id}/ips/{ip_id}/firewall_policy: Set the firewall policy of an IP.
var AssignServerIPFirewallPolicy = op.Op[IDRequest, Server]{Spec: op.Spec{
	ID: "assignServerIpFirewallPolicy", Method: "PUT", Path: "/servers/{server_id}/ips/{ip_id}/firewall_policy", Status: 202,
	Group: "servers", Summary: "Set the firewall policy of an IP",
	Body: "IDRequest",
}}

// UnassignServerIPFirewallPolicy is DELETE /servers/{server_id}/ips/{ip_id}/firewall_policy: Remove the firewall policy of an IP.
var UnassignServerIPFirewallPolicy = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "unassignServerIpFirewallPolicy", Method: "DELETE", Path: "/servers/{server_id}/ips/{ip_id}/firewall_policy", Status: 202,
	Group: "servers", Summary: "Remove the firewall policy of an IP",
}}

// ListServerIPLoadBalancers is GET /servers/{server_id}/ips/{ip_id}/load_balancers: Load balancers of an IP.
var ListServerIPLoadBalancers = op.Op[op.None, []Identity]{Spec: op.Spec{
	ID: "listServerIpLoadBalancers", Method: "GET", Path: "/servers/{server_id}/ips/{ip_id}/load_balancers", Status: 200,
	Group: "servers", Summary: "Load balancers of an IP",
}}

// AssignServerIPLoadBalancer is POST /servers/{server_id}/ips/{ip_id}/load_balancers: Add a load balancer to an IP.
var AssignServerIPLoadBalancer = op.Op[LoadBalancerIDRequest, Server]{Spec: op.Spec{
	ID: "assignServerIpLoadBalancer", Method: "POST", Path: "/servers/{server_id}/ips/{ip_id}/load_balancers", Status: 202,
	Group: "servers", Summary: "Add a load balancer to an IP",
	Body: "LoadBalancerIDRequest",
}}

// UnassignServerIPLoadBalancer is DELETE /servers/{server_id}/ips/{ip_id}/load_balancers/{load_balancer_id}: Remove a load balancer from an IP.
var UnassignServerIPLoadBalancer = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "unassignServerIpLoadBalancer", Method: "DELETE", Path: "/servers/{server_id}/ips/{ip_id}/load_balancers/{load_balancer_id}", Status: 202,
	Group: "servers", Summary: "Remove a load balancer from an IP",
}}

// ListServerPrivateNetworks is GET /servers/{server_id}/private_networks: Private networks of the server.
var ListServerPrivateNetworks = op.Op[op.None, []ServerPrivateNetwork]{Spec: op.Spec{
	ID: "listServerPrivateNetworks", Method: "GET", Path: "/servers/{server_id}/private_networks", Status: 200,
	Group: "servers", Summary: "Private networks of the server",
}}

// AssignServerPrivateNetwork is POST /servers/{server_id}/private_networks: Join a private network.
var AssignServerPrivateNetwork = op.Op[IDRequest, Server]{Spec: op.Spec{
	ID: "assignServerPrivateNetwork", Method: "POST", Path: "/servers/{server_id}/private_networks", Status: 202,
	Group: "servers", Summary: "Join a private network",
	Body: "IDRequest",
}}

// GetServerPrivateNetwork is GET /servers/{server_id}/private_networks/{private_network_id}: Private network seen from the server.
var GetServerPrivateNetwork = op.Op[op.None, PrivateNetwork]{Spec: op.Spec{
	ID: "getServerPrivateNetwork", Method: "GET", Path: "/servers/{server_id}/private_networks/{private_network_id}", Status: 200,
	Group: "servers", Summary: "Private network seen from the server",
}}

// RemoveServerPrivateNetwork is DELETE /servers/{server_id}/private_networks/{private_network_id}: Leave a private network.
var RemoveServerPrivateNetwork = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "removeServerPrivateNetwork", Method: "DELETE", Path: "/servers/{server_id}/private_networks/{private_network_id}", Status: 202,
	Group: "servers", Summary: "Leave a private network",
}}

// GetServerSnapshot is GET /servers/{server_id}/snapshots: Snapshot of the server.
var GetServerSnapshot = op.Op[op.None, OrEmpty[Snapshot]]{Spec: op.Spec{
	ID: "getServerSnapshot", Method: "GET", Path: "/servers/{server_id}/snapshots", Status: 200,
	Group: "servers", Summary: "Snapshot of the server",
}}

// CreateServerSnapshot is POST /servers/{server_id}/snapshots: Take the snapshot.
var CreateServerSnapshot = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "createServerSnapshot", Method: "POST", Path: "/servers/{server_id}/snapshots", Status: 202,
	Group: "servers", Summary: "Take the snapshot",
}}

// RestoreServerSnapshot is PUT /servers/{server_id}/snapshots/{snapshot_id}: Roll back to the snapshot.
var RestoreServerSnapshot = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "restoreServerSnapshot", Method: "PUT", Path: "/servers/{server_id}/snapshots/{snapshot_id}", Status: 202,
	Group: "servers", Summary: "Roll back to the snapshot",
}}

// DeleteServerSnapshot is DELETE /servers/{server_id}/snapshots/{snapshot_id}: Drop the snapshot.
var DeleteServerSnapshot = op.Op[op.None, Server]{Spec: op.Spec{
	ID: "deleteServerSnapshot", Method: "DELETE", Path: "/servers/{server_id}/snapshots/{snapshot_id}", Status: 202,
	Group: "servers", Summary: "Drop the snapshot",
}}

// GetServerStatus is GET /servers/{server_id}/status: State.
var GetServerStatus = op.Op[op.None, Status]{Spec: op.Spec{
	ID: "getServerStatus", Method: "GET", Path: "/servers/{server_id}/status", Status: 200,
	Group: "servers", Summary: "State",
}}

// SetServerStatus is PUT /servers/{server_id}/status/action: Power action.
var SetServerStatus = op.Op[ServerStatusAction, Server]{Spec: op.Spec{
	ID: "setServerStatus", Method: "PUT", Path: "/servers/{server_id}/status/action", Status: 202,
	Group: "servers", Summary: "Power action",
	Body: "ServerStatusAction",
}}

// ListSharedStorages is GET /shared_storages: List.
var ListSharedStorages = op.Op[op.None, []SharedStorage]{Spec: op.Spec{
	ID: "listSharedStorages", Method: "GET", Path: "/shared_storages", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "shared_storages", Summary: "List",
}}

// CreateSharedStorage is POST /shared_storages: Create.
var CreateSharedStorage = op.Op[SharedStorageCreate, SharedStorage]{Spec: op.Spec{
	ID: "createSharedStorage", Method: "POST", Path: "/shared_storages", Status: 202,
	Group: "shared_storages", Summary: "Create",
	Body: "SharedStorageCreate",
}}

// GetSharedStorageCredentials is GET /shared_storages/access: Credentials, one element per site.
var GetSharedStorageCredentials = op.Op[op.None, []SharedStorageAccess]{Spec: op.Spec{
	ID: "getSharedStorageCredentials", Method: "GET", Path: "/shared_storages/access", Status: 200,
	Group: "shared_storages", Summary: "Credentials, one element per site",
}}

// UpdateSharedStorageCredentials is PUT /shared_storages/access: Change the access password.
var UpdateSharedStorageCredentials = op.Op[PasswordRequest, []SharedStorageAccess]{Spec: op.Spec{
	ID: "updateSharedStorageCredentials", Method: "PUT", Path: "/shared_storages/access", Status: 202,
	Group: "shared_storages", Summary: "Change the access password",
	Body: "PasswordRequest",
}}

// GetSharedStorage is GET /shared_storages/{shared_storage_id}: Details.
var GetSharedStorage = op.Op[op.None, SharedStorage]{Spec: op.Spec{
	ID: "getSharedStorage", Method: "GET", Path: "/shared_storages/{shared_storage_id}", Status: 200,
	Group: "shared_storages", Summary: "Details",
}}

// UpdateSharedStorage is PUT /shared_storages/{shared_storage_id}: Rename or resize.
var UpdateSharedStorage = op.Op[SharedStorageUpdate, SharedStorage]{Spec: op.Spec{
	ID: "updateSharedStorage", Method: "PUT", Path: "/shared_storages/{shared_storage_id}", Status: 202,
	Group: "shared_storages", Summary: "Rename or resize",
	Body: "SharedStorageUpdate",
}}

// DeleteSharedStorage is DELETE /shared_storages/{shared_storage_id}: Delete.
var DeleteSharedStorage = op.Op[op.None, SharedStorage]{Spec: op.Spec{
	ID: "deleteSharedStorage", Method: "DELETE", Path: "/shared_storages/{shared_storage_id}", Status: 202,
	Group: "shared_storages", Summary: "Delete",
}}

// ListSharedStorageServers is GET /shared_storages/{shared_storage_id}/servers: Attached servers.
var ListSharedStorageServers = op.Op[op.None, []SharedStorageServer]{Spec: op.Spec{
	ID: "listSharedStorageServers", Method: "GET", Path: "/shared_storages/{shared_storage_id}/servers", Status: 200,
	Group: "shared_storages", Summary: "Attached servers",
}}

// AddSharedStorageServers is POST /shared_storages/{shared_storage_id}/servers: Attach servers.
var AddSharedStorageServers = op.Op[SharedStorageServersAdd, SharedStorage]{Spec: op.Spec{
	ID: "addSharedStorageServers", Method: "POST", Path: "/shared_storages/{shared_storage_id}/servers", Status: 202,
	Group: "shared_storages", Summary: "Attach servers",
	Body: "SharedStorageServersAdd",
}}

// GetSharedStorageServer is GET /shared_storages/{shared_storage_id}/servers/{server_id}: Attached server.
var GetSharedStorageServer = op.Op[op.None, SharedStorageServer]{Spec: op.Spec{
	ID: "getSharedStorageServer", Method: "GET", Path: "/shared_storages/{shared_storage_id}/servers/{server_id}", Status: 200,
	Group: "shared_storages", Summary: "Attached server",
}}

// RemoveSharedStorageServer is DELETE /shared_storages/{shared_storage_id}/servers/{server_id}: Detach a server.
var RemoveSharedStorageServer = op.Op[op.None, SharedStorage]{Spec: op.Spec{
	ID: "removeSharedStorageServer", Method: "DELETE", Path: "/shared_storages/{shared_storage_id}/servers/{server_id}", Status: 202,
	Group: "shared_storages", Summary: "Detach a server",
}}

// ListSSHKeys is GET /ssh_keys: List.
var ListSSHKeys = op.Op[op.None, []SSHKey]{Spec: op.Spec{
	ID: "listSshKeys", Method: "GET", Path: "/ssh_keys", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "ssh_keys", Summary: "List",
}}

// CreateSSHKey is POST /ssh_keys: Store or generate.
var CreateSSHKey = op.Op[SSHKeyCreate, SSHKey]{Spec: op.Spec{
	ID: "createSshKey", Method: "POST", Path: "/ssh_keys", Status: 201,
	Group: "ssh_keys", Summary: "Store or generate",
	Body: "SSHKeyCreate",
}}

// GetSSHKey is GET /ssh_keys/{ssh_key_id}: Details.
var GetSSHKey = op.Op[op.None, SSHKey]{Spec: op.Spec{
	ID: "getSshKey", Method: "GET", Path: "/ssh_keys/{ssh_key_id}", Status: 200,
	Group: "ssh_keys", Summary: "Details",
}}

// RenameSSHKey is PUT /ssh_keys/{ssh_key_id}: Rename.
var RenameSSHKey = op.Op[NameDescriptionUpdate, SSHKey]{Spec: op.Spec{
	ID: "renameSshKey", Method: "PUT", Path: "/ssh_keys/{ssh_key_id}", Status: 200,
	Group: "ssh_keys", Summary: "Rename",
	Body: "NameDescriptionUpdate",
}}

// DeleteSSHKey is DELETE /ssh_keys/{ssh_key_id}: Delete.
var DeleteSSHKey = op.Op[op.None, SSHKey]{Spec: op.Spec{
	ID: "deleteSshKey", Method: "DELETE", Path: "/ssh_keys/{ssh_key_id}", Status: 200,
	Group: "ssh_keys", Summary: "Delete",
}}

// ListUsages is GET /usages: Metered use in a window.
var ListUsages = op.Op[op.None, Usages]{Spec: op.Spec{
	ID: "listUsages", Method: "GET", Path: "/usages", Status: 200,
	Query: []string{"period", "start_date", "end_date", "page", "per_page", "sort", "q", "fields"},
	Group: "usages", Summary: "Metered use in a window",
}}

// ListUsers is GET /users: List.
var ListUsers = op.Op[op.None, []User]{Spec: op.Spec{
	ID: "listUsers", Method: "GET", Path: "/users", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "users", Summary: "List",
}}

// CreateUser is POST /users: Create.
var CreateUser = op.Op[UserCreate, User]{Spec: op.Spec{
	ID: "createUser", Method: "POST", Path: "/users", Status: 201,
	Group: "users", Summary: "Create",
	Body: "UserCreate",
}}

// GetCurrentUserPermissions is GET /users/current_user_permissions: Permissions of the caller.
var GetCurrentUserPermissions = op.Op[op.None, Permissions]{Spec: op.Spec{
	ID: "getCurrentUserPermissions", Method: "GET", Path: "/users/current_user_permissions", Status: 200,
	Group: "users", Summary: "Permissions of the caller",
}}

// GetUser is GET /users/{user_id}: Details.
var GetUser = op.Op[op.None, User]{Spec: op.Spec{
	ID: "getUser", Method: "GET", Path: "/users/{user_id}", Status: 200,
	Group: "users", Summary: "Details",
}}

// ModifyUser is PUT /users/{user_id}: Change.
var ModifyUser = op.Op[UserUpdate, User]{Spec: op.Spec{
	ID: "modifyUser", Method: "PUT", Path: "/users/{user_id}", Status: 200,
	Group: "users", Summary: "Change",
	Body: "UserUpdate",
}}

// DeleteUser is DELETE /users/{user_id}: Delete.
var DeleteUser = op.Op[op.None, User]{Spec: op.Spec{
	ID: "deleteUser", Method: "DELETE", Path: "/users/{user_id}", Status: 200,
	Group: "users", Summary: "Delete",
}}

// GetUserAPI is GET /users/{user_id}/api: API access.
var GetUserAPI = op.Op[op.None, UserAPI]{Spec: op.Spec{
	ID: "getUserApi", Method: "GET", Path: "/users/{user_id}/api", Status: 200,
	Group: "users", Summary: "API access",
}}

// ModifyUserAPI is PUT /users/{user_id}/api: Enable or disable API access.
var ModifyUserAPI = op.Op[UserAPIUpdate, User]{Spec: op.Spec{
	ID: "modifyUserApi", Method: "PUT", Path: "/users/{user_id}/api", Status: 200,
	Group: "users", Summary: "Enable or disable API access",
	Body: "UserAPIUpdate",
}}

// ListUserAPIAllowedIps is GET /users/{user_id}/api/ips: Addresses the key may be used from; an array of strings.
var ListUserAPIAllowedIps = op.Op[op.None, []string]{Spec: op.Spec{
	ID: "listUserApiAllowedIps", Method: "GET", Path: "/users/{user_id}/api/ips", Status: 200,
	Group: "users", Summary: "Addresses the key may be used from; an array of strings",
}}

// AddUserAPIAllowedIps is POST /users/{user_id}/api/ips: Add addresses.
var AddUserAPIAllowedIps = op.Op[UserIpsAdd, User]{Spec: op.Spec{
	ID: "addUserApiAllowedIps", Method: "POST", Path: "/users/{user_id}/api/ips", Status: 201,
	Group: "users", Summary: "Add addresses",
	Body: "UserIpsAdd",
}}

// RemoveUserAPIAllowedIP is DELETE /users/{user_id}/api/ips/{ip}: Remove an address.
var RemoveUserAPIAllowedIP = op.Op[op.None, User]{Spec: op.Spec{
	ID: "removeUserApiAllowedIp", Method: "DELETE", Path: "/users/{user_id}/api/ips/{ip}", Status: 200,
	Group: "users", Summary: "Remove an address",
}}

// GetUserAPIKey is GET /users/{user_id}/api/key: API key.
var GetUserAPIKey = op.Op[op.None, UserAPIKey]{Spec: op.Spec{
	ID: "getUserApiKey", Method: "GET", Path: "/users/{user_id}/api/key", Status: 200,
	Group: "users", Summary: "API key",
}}

// RenewUserAPIKey is PUT /users/{user_id}/api/key: Issue a new API key.
var RenewUserAPIKey = op.Op[op.None, User]{Spec: op.Spec{
	ID: "renewUserApiKey", Method: "PUT", Path: "/users/{user_id}/api/key", Status: 200,
	Group: "users", Summary: "Issue a new API key",
}}

// ListVpns is GET /vpns: List.
var ListVpns = op.Op[op.None, []VPN]{Spec: op.Spec{
	ID: "listVpns", Method: "GET", Path: "/vpns", Status: 200,
	Query: []string{"page", "per_page", "sort", "q", "fields"},
	Group: "vpns", Summary: "List",
}}

// CreateVPN is POST /vpns: Create.
var CreateVPN = op.Op[VPNCreate, VPN]{Spec: op.Spec{
	ID: "createVpn", Method: "POST", Path: "/vpns", Status: 202,
	Group: "vpns", Summary: "Create",
	Body: "VPNCreate",
}}

// GetVPN is GET /vpns/{vpn_id}: Details.
var GetVPN = op.Op[op.None, VPN]{Spec: op.Spec{
	ID: "getVpn", Method: "GET", Path: "/vpns/{vpn_id}", Status: 200,
	Group: "vpns", Summary: "Details",
}}

// ModifyVPN is PUT /vpns/{vpn_id}: Rename.
var ModifyVPN = op.Op[NameDescriptionUpdate, VPN]{Spec: op.Spec{
	ID: "modifyVpn", Method: "PUT", Path: "/vpns/{vpn_id}", Status: 200,
	Group: "vpns", Summary: "Rename",
	Body: "NameDescriptionUpdate",
}}

// DeleteVPN is DELETE /vpns/{vpn_id}: Delete.
var DeleteVPN = op.Op[op.None, VPN]{Spec: op.Spec{
	ID: "deleteVpn", Method: "DELETE", Path: "/vpns/{vpn_id}", Status: 202,
	Group: "vpns", Summary: "Delete",
}}

// GetVPNConfigurationFile is GET /vpns/{vpn_id}/configuration_file: Client configuration as ZIP in base64.
var GetVPNConfigurationFile = op.Op[op.None, VPNConfig]{Spec: op.Spec{
	ID: "getVpnConfigurationFile", Method: "GET", Path: "/vpns/{vpn_id}/configuration_file", Status: 200,
	Group: "vpns", Summary: "Client configuration as ZIP in base64",
}}

// Operations lists all 178 operations of the 1&1 Cloud Server API v1, by path.
var Operations = []op.Spec{
	ListBlockStorages.Spec,
	CreateBlockStorage.Spec,
	GetBlockStorage.Spec,
	UpdateBlockStorage.Spec,
	DeleteBlockStorage.Spec,
	GetBlockStorageServer.Spec,
	AddBlockStorageServer.Spec,
	RemoveBlockStorageServer.Spec,
	ListDatacenters.Spec,
	GetDatacenter.Spec,
	ListDVDIsos.Spec,
	GetDVDISO.Spec,
	ListFirewallPolicies.Spec,
	CreateFirewallPolicy.Spec,
	GetFirewallPolicy.Spec,
	UpdateFirewallPolicy.Spec,
	DeleteFirewallPolicy.Spec,
	ListFirewallPolicyRules.Spec,
	AddFirewallPolicyRules.Spec,
	GetFirewallPolicyRule.Spec,
	DeleteFirewallPolicyRule.Spec,
	ListFirewallPolicyServerIps.Spec,
	AddFirewallPolicyServerIps.Spec,
	GetFirewallPolicyServerIP.Spec,
	RemoveFirewallPolicyServerIP.Spec,
	ListImages.Spec,
	CreateImage.Spec,
	ListImageOS.Spec,
	GetImage.Spec,
	UpdateImage.Spec,
	DeleteImage.Spec,
	ListLoadBalancers.Spec,
	CreateLoadBalancer.Spec,
	GetLoadBalancer.Spec,
	UpdateLoadBalancer.Spec,
	DeleteLoadBalancer.Spec,
	ListLoadBalancerRules.Spec,
	AddLoadBalancerRules.Spec,
	GetLoadBalancerRule.Spec,
	DeleteLoadBalancerRule.Spec,
	ListLoadBalancerServerIps.Spec,
	AddLoadBalancerServerIps.Spec,
	GetLoadBalancerServerIP.Spec,
	RemoveLoadBalancerServerIP.Spec,
	ListLogs.Spec,
	GetLog.Spec,
	ListMonitoringServersUsages.Spec,
	GetMonitoringServerUsage.Spec,
	ListMonitoringPolicies.Spec,
	CreateMonitoringPolicy.Spec,
	GetMonitoringPolicy.Spec,
	UpdateMonitoringPolicy.Spec,
	DeleteMonitoringPolicy.Spec,
	ListMonitoringPolicyPorts.Spec,
	AddMonitoringPolicyPorts.Spec,
	GetMonitoringPolicyPort.Spec,
	ModifyMonitoringPolicyPort.Spec,
	DeleteMonitoringPolicyPort.Spec,
	ListMonitoringPolicyProcesses.Spec,
	AddMonitoringPolicyProcesses.Spec,
	GetMonitoringPolicyProcess.Spec,
	ModifyMonitoringPolicyProcess.Spec,
	DeleteMonitoringPolicyProcess.Spec,
	ListMonitoringPolicyServers.Spec,
	AttachMonitoringPolicyServers.Spec,
	GetMonitoringPolicyServer.Spec,
	RemoveMonitoringPolicyServer.Spec,
	Ping.Spec,
	PingAuth.Spec,
	GetPricing.Spec,
	ListPrivateNetworks.Spec,
	CreatePrivateNetwork.Spec,
	GetPrivateNetwork.Spec,
	UpdatePrivateNetwork.Spec,
	DeletePrivateNetwork.Spec,
	ListPrivateNetworkServers.Spec,
	AttachPrivateNetworkServers.Spec,
	GetPrivateNetworkServer.Spec,
	DetachPrivateNetworkServer.Spec,
	ListPublicIps.Spec,
	CreatePublicIP.Spec,
	GetPublicIP.Spec,
	UpdatePublicIP.Spec,
	DeletePublicIP.Spec,
	ListRecoveryAppliances.Spec,
	GetRecoveryAppliance.Spec,
	ListRoles.Spec,
	CreateRole.Spec,
	GetRole.Spec,
	ModifyRole.Spec,
	DeleteRole.Spec,
	CloneRole.Spec,
	GetRolePermissions.Spec,
	ModifyRolePermissions.Spec,
	ListRoleUsers.Spec,
	AssignRoleUsers.Spec,
	GetRoleUser.Spec,
	RemoveRoleUser.Spec,
	ListServerAppliances.Spec,
	GetServerAppliance.Spec,
	ListServers.Spec,
	CreateServer.Spec,
	ListBaremetalModels.Spec,
	GetBaremetalModel.Spec,
	ListFixedInstanceSizes.Spec,
	GetFixedInstanceSize.Spec,
	GetServer.Spec,
	RenameServer.Spec,
	DeleteServer.Spec,
	CloneServer.Spec,
	GetServerDVD.Spec,
	LoadServerDVD.Spec,
	EjectServerDVD.Spec,
	GetServerHardware.Spec,
	UpdateServerHardware.Spec,
	ListServerHdds.Spec,
	AddServerHdds.Spec,
	GetServerHDD.Spec,
	ResizeServerHDD.Spec,
	DeleteServerHDD.Spec,
	GetServerImage.Spec,
	ReinstallServerImage.Spec,
	ListServerIps.Spec,
	AssignServerIP.Spec,
	GetServerIP.Spec,
	DeleteServerIP.Spec,
	GetServerIPFirewallPolicy.Spec,
	AssignServerIPFirewallPolicy.Spec,
	UnassignServerIPFirewallPolicy.Spec,
	ListServerIPLoadBalancers.Spec,
	AssignServerIPLoadBalancer.Spec,
	UnassignServerIPLoadBalancer.Spec,
	ListServerPrivateNetworks.Spec,
	AssignServerPrivateNetwork.Spec,
	GetServerPrivateNetwork.Spec,
	RemoveServerPrivateNetwork.Spec,
	GetServerSnapshot.Spec,
	CreateServerSnapshot.Spec,
	RestoreServerSnapshot.Spec,
	DeleteServerSnapshot.Spec,
	GetServerStatus.Spec,
	SetServerStatus.Spec,
	ListSharedStorages.Spec,
	CreateSharedStorage.Spec,
	GetSharedStorageCredentials.Spec,
	UpdateSharedStorageCredentials.Spec,
	GetSharedStorage.Spec,
	UpdateSharedStorage.Spec,
	DeleteSharedStorage.Spec,
	ListSharedStorageServers.Spec,
	AddSharedStorageServers.Spec,
	GetSharedStorageServer.Spec,
	RemoveSharedStorageServer.Spec,
	ListSSHKeys.Spec,
	CreateSSHKey.Spec,
	GetSSHKey.Spec,
	RenameSSHKey.Spec,
	DeleteSSHKey.Spec,
	ListUsages.Spec,
	ListUsers.Spec,
	CreateUser.Spec,
	GetCurrentUserPermissions.Spec,
	GetUser.Spec,
	ModifyUser.Spec,
	DeleteUser.Spec,
	GetUserAPI.Spec,
	ModifyUserAPI.Spec,
	ListUserAPIAllowedIps.Spec,
	AddUserAPIAllowedIps.Spec,
	RemoveUserAPIAllowedIP.Spec,
	GetUserAPIKey.Spec,
	RenewUserAPIKey.Spec,
	ListVpns.Spec,
	CreateVPN.Spec,
	GetVPN.Spec,
	ModifyVPN.Spec,
	DeleteVPN.Spec,
	GetVPNConfigurationFile.Spec,
}

// Typed lists the same operations with their types.
var Typed = []op.Any{
	ListBlockStorages,
	CreateBlockStorage,
	GetBlockStorage,
	UpdateBlockStorage,
	DeleteBlockStorage,
	GetBlockStorageServer,
	AddBlockStorageServer,
	RemoveBlockStorageServer,
	ListDatacenters,
	GetDatacenter,
	ListDVDIsos,
	GetDVDISO,
	ListFirewallPolicies,
	CreateFirewallPolicy,
	GetFirewallPolicy,
	UpdateFirewallPolicy,
	DeleteFirewallPolicy,
	ListFirewallPolicyRules,
	AddFirewallPolicyRules,
	GetFirewallPolicyRule,
	DeleteFirewallPolicyRule,
	ListFirewallPolicyServerIps,
	AddFirewallPolicyServerIps,
	GetFirewallPolicyServerIP,
	RemoveFirewallPolicyServerIP,
	ListImages,
	CreateImage,
	ListImageOS,
	GetImage,
	UpdateImage,
	DeleteImage,
	ListLoadBalancers,
	CreateLoadBalancer,
	GetLoadBalancer,
	UpdateLoadBalancer,
	DeleteLoadBalancer,
	ListLoadBalancerRules,
	AddLoadBalancerRules,
	GetLoadBalancerRule,
	DeleteLoadBalancerRule,
	ListLoadBalancerServerIps,
	AddLoadBalancerServerIps,
	GetLoadBalancerServerIP,
	RemoveLoadBalancerServerIP,
	ListLogs,
	GetLog,
	ListMonitoringServersUsages,
	GetMonitoringServerUsage,
	ListMonitoringPolicies,
	CreateMonitoringPolicy,
	GetMonitoringPolicy,
	UpdateMonitoringPolicy,
	DeleteMonitoringPolicy,
	ListMonitoringPolicyPorts,
	AddMonitoringPolicyPorts,
	GetMonitoringPolicyPort,
	ModifyMonitoringPolicyPort,
	DeleteMonitoringPolicyPort,
	ListMonitoringPolicyProcesses,
	AddMonitoringPolicyProcesses,
	GetMonitoringPolicyProcess,
	ModifyMonitoringPolicyProcess,
	DeleteMonitoringPolicyProcess,
	ListMonitoringPolicyServers,
	AttachMonitoringPolicyServers,
	GetMonitoringPolicyServer,
	RemoveMonitoringPolicyServer,
	Ping,
	PingAuth,
	GetPricing,
	ListPrivateNetworks,
	CreatePrivateNetwork,
	GetPrivateNetwork,
	UpdatePrivateNetwork,
	DeletePrivateNetwork,
	ListPrivateNetworkServers,
	AttachPrivateNetworkServers,
	GetPrivateNetworkServer,
	DetachPrivateNetworkServer,
	ListPublicIps,
	CreatePublicIP,
	GetPublicIP,
	UpdatePublicIP,
	DeletePublicIP,
	ListRecoveryAppliances,
	GetRecoveryAppliance,
	ListRoles,
	CreateRole,
	GetRole,
	ModifyRole,
	DeleteRole,
	CloneRole,
	GetRolePermissions,
	ModifyRolePermissions,
	ListRoleUsers,
	AssignRoleUsers,
	GetRoleUser,
	RemoveRoleUser,
	ListServerAppliances,
	GetServerAppliance,
	ListServers,
	CreateServer,
	ListBaremetalModels,
	GetBaremetalModel,
	ListFixedInstanceSizes,
	GetFixedInstanceSize,
	GetServer,
	RenameServer,
	DeleteServer,
	CloneServer,
	GetServerDVD,
	LoadServerDVD,
	EjectServerDVD,
	GetServerHardware,
	UpdateServerHardware,
	ListServerHdds,
	AddServerHdds,
	GetServerHDD,
	ResizeServerHDD,
	DeleteServerHDD,
	GetServerImage,
	ReinstallServerImage,
	ListServerIps,
	AssignServerIP,
	GetServerIP,
	DeleteServerIP,
	GetServerIPFirewallPolicy,
	AssignServerIPFirewallPolicy,
	UnassignServerIPFirewallPolicy,
	ListServerIPLoadBalancers,
	AssignServerIPLoadBalancer,
	UnassignServerIPLoadBalancer,
	ListServerPrivateNetworks,
	AssignServerPrivateNetwork,
	GetServerPrivateNetwork,
	RemoveServerPrivateNetwork,
	GetServerSnapshot,
	CreateServerSnapshot,
	RestoreServerSnapshot,
	DeleteServerSnapshot,
	GetServerStatus,
	SetServerStatus,
	ListSharedStorages,
	CreateSharedStorage,
	GetSharedStorageCredentials,
	UpdateSharedStorageCredentials,
	GetSharedStorage,
	UpdateSharedStorage,
	DeleteSharedStorage,
	ListSharedStorageServers,
	AddSharedStorageServers,
	GetSharedStorageServer,
	RemoveSharedStorageServer,
	ListSSHKeys,
	CreateSSHKey,
	GetSSHKey,
	RenameSSHKey,
	DeleteSSHKey,
	ListUsages,
	ListUsers,
	CreateUser,
	GetCurrentUserPermissions,
	GetUser,
	ModifyUser,
	DeleteUser,
	GetUserAPI,
	ModifyUserAPI,
	ListUserAPIAllowedIps,
	AddUserAPIAllowedIps,
	RemoveUserAPIAllowedIP,
	GetUserAPIKey,
	RenewUserAPIKey,
	ListVpns,
	CreateVPN,
	GetVPN,
	ModifyVPN,
	DeleteVPN,
	GetVPNConfigurationFile,
}
