// Code generated from api/cloudcix.openapi.yaml by tools/gen. DO NOT EDIT.

package cloudcix

import "github.com/virga-cloud/virga/client/op"

// ListMembershipAddress is GET /address/: List address records.
var ListMembershipAddress = op.Op[op.None, Page[Address, ListMetadata]]{Spec: op.Spec{
	ID: "membershipAddressList", App: "membership", Method: "GET", Path: "/address/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "membership", Summary: "List address records",
	Orders: []string{"id", "name", "created"},
	Filters: []op.Filter{
		{Name: "cloud_region"},
		{Name: "id", Kind: op.NumberOps},
		{Name: "member__self_managed"},
		{Name: "member_id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
	},
	Errors: []string{
		"membership_address_list_001",
	},
}}

// ReadMembershipAddress is GET /address/{pk}/: Read one address record.
var ReadMembershipAddress = op.Op[op.None, Content[Address]]{Spec: op.Spec{
	ID: "membershipAddressRead", App: "membership", Method: "GET", Path: "/address/{pk}/", Status: 200,
	Group: "membership", Summary: "Read one address record",
	Errors: []string{
		"membership_address_read_001", "membership_address_read_201",
	},
}}

// ListAllocation is GET /allocation/: List allocation records.
var ListAllocation = op.Op[op.None, Page[Allocation, ListMetadata]]{Spec: op.Spec{
	ID: "allocationList", App: "iaas", Method: "GET", Path: "/allocation/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "allocation", Summary: "List allocation records",
	Orders: []string{"address_range", "asn__number", "name", "created", "updated"},
	Filters: []op.Filter{
		{Name: "address_id", Kind: op.NumberOps},
		{Name: "address_range", Kind: op.StringOps},
		{Name: "asn__number", Kind: op.NumberOps},
		{Name: "asn_id", Kind: op.NumberOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_allocation_list_001",
	},
}}

// CreateAllocation is POST /allocation/: Create a allocation record.
var CreateAllocation = op.Op[AllocationRequest, Content[Allocation]]{Spec: op.Spec{
	ID: "allocationCreate", App: "iaas", Method: "POST", Path: "/allocation/", Status: 201,
	Group: "allocation", Summary: "Create a allocation record",
	Body: "AllocationRequest",
	Errors: []string{
		"iaas_allocation_create_101", "iaas_allocation_create_102", "iaas_allocation_create_103", "iaas_allocation_create_104",
		"iaas_allocation_create_105", "iaas_allocation_create_106", "iaas_allocation_create_107", "iaas_allocation_create_201",
		"iaas_allocation_create_202",
	},
}}

// ReadAllocation is GET /allocation/{pk}/: Read one allocation record.
var ReadAllocation = op.Op[op.None, Content[Allocation]]{Spec: op.Spec{
	ID: "allocationRead", App: "iaas", Method: "GET", Path: "/allocation/{pk}/", Status: 200,
	Group: "allocation", Summary: "Read one allocation record",
	Errors: []string{
		"iaas_allocation_read_001", "iaas_allocation_read_201",
	},
}}

// HeadAllocation is HEAD /allocation/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadAllocation = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "allocationHead", App: "iaas", Method: "HEAD", Path: "/allocation/{pk}/", Status: 200,
	Group: "allocation", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateAllocation is PUT /allocation/{pk}/: Update a allocation record.
var UpdateAllocation = op.Op[AllocationRequest, Content[Allocation]]{Spec: op.Spec{
	ID: "allocationUpdate", App: "iaas", Method: "PUT", Path: "/allocation/{pk}/", Status: 200,
	Group: "allocation", Summary: "Update a allocation record",
	Body: "AllocationRequest",
	Errors: []string{
		"iaas_allocation_update_001", "iaas_allocation_update_101", "iaas_allocation_update_102", "iaas_allocation_update_103",
		"iaas_allocation_update_104", "iaas_allocation_update_105", "iaas_allocation_update_106", "iaas_allocation_update_107",
		"iaas_allocation_update_201", "iaas_allocation_update_202", "iaas_allocation_update_203",
	},
}}

// PatchAllocation is PATCH /allocation/{pk}/: Partially update a allocation record (only sent fields are validated, where supported).
var PatchAllocation = op.Op[AllocationPatch, Content[Allocation]]{Spec: op.Spec{
	ID: "allocationPartialUpdate", App: "iaas", Method: "PATCH", Path: "/allocation/{pk}/", Status: 200,
	Group: "allocation", Summary: "Partially update a allocation record (only sent fields are validated, where supported)",
	Body: "AllocationPatch",
	Errors: []string{
		"iaas_allocation_update_001", "iaas_allocation_update_101", "iaas_allocation_update_102", "iaas_allocation_update_103",
		"iaas_allocation_update_104", "iaas_allocation_update_105", "iaas_allocation_update_106", "iaas_allocation_update_107",
		"iaas_allocation_update_201", "iaas_allocation_update_202", "iaas_allocation_update_203",
	},
}}

// DeleteAllocation is DELETE /allocation/{pk}/: Delete a allocation record.
var DeleteAllocation = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "allocationDelete", App: "iaas", Method: "DELETE", Path: "/allocation/{pk}/", Status: 204,
	Group: "allocation", Summary: "Delete a allocation record",
	Errors: []string{
		"iaas_allocation_delete_001", "iaas_allocation_delete_201", "iaas_allocation_delete_202", "iaas_allocation_delete_203",
		"iaas_allocation_delete_204",
	},
}}

// CreateAppSettings is POST /app_settings/: Create a app settings record.
var CreateAppSettings = op.Op[AppSettingsRequest, Content[AppSettings]]{Spec: op.Spec{
	ID: "appSettingsCreate", App: "iaas", Method: "POST", Path: "/app_settings/", Status: 201,
	Group: "app_settings", Summary: "Create a app settings record",
	Body: "AppSettingsRequest",
	Errors: []string{
		"iaas_app_settings_create_001", "iaas_app_settings_create_101", "iaas_app_settings_create_102", "iaas_app_settings_create_103",
		"iaas_app_settings_create_104", "iaas_app_settings_create_105", "iaas_app_settings_create_106", "iaas_app_settings_create_201",
	},
}}

// ReadAppSettings is GET /app_settings/{pk}/: Read one app settings record.
var ReadAppSettings = op.Op[op.None, Content[AppSettings]]{Spec: op.Spec{
	ID: "appSettingsRead", App: "iaas", Method: "GET", Path: "/app_settings/{pk}/", Status: 200,
	Group: "app_settings", Summary: "Read one app settings record",
	Errors: []string{
		"iaas_app_settings_read_001", "iaas_app_settings_read_201",
	},
}}

// UpdateAppSettings is PUT /app_settings/{pk}/: Update a app settings record.
var UpdateAppSettings = op.Op[AppSettingsRequest, Content[AppSettings]]{Spec: op.Spec{
	ID: "appSettingsUpdate", App: "iaas", Method: "PUT", Path: "/app_settings/{pk}/", Status: 200,
	Group: "app_settings", Summary: "Update a app settings record",
	Body: "AppSettingsRequest",
	Errors: []string{
		"iaas_app_settings_update_001", "iaas_app_settings_update_101", "iaas_app_settings_update_102", "iaas_app_settings_update_103",
		"iaas_app_settings_update_104", "iaas_app_settings_update_105", "iaas_app_settings_update_106", "iaas_app_settings_update_201",
	},
}}

// PatchAppSettings is PATCH /app_settings/{pk}/: Partially update a app settings record (only sent fields are validated, where supported).
var PatchAppSettings = op.Op[AppSettingsRequest, Content[AppSettings]]{Spec: op.Spec{
	ID: "appSettingsPartialUpdate", App: "iaas", Method: "PATCH", Path: "/app_settings/{pk}/", Status: 200,
	Group: "app_settings", Summary: "Partially update a app settings record (only sent fields are validated, where supported)",
	Body: "AppSettingsRequest",
	Errors: []string{
		"iaas_app_settings_update_001", "iaas_app_settings_update_101", "iaas_app_settings_update_102", "iaas_app_settings_update_103",
		"iaas_app_settings_update_104", "iaas_app_settings_update_105", "iaas_app_settings_update_106", "iaas_app_settings_update_201",
	},
}}

// DeleteAppSettings is DELETE /app_settings/{pk}/: Delete a app settings record.
var DeleteAppSettings = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "appSettingsDelete", App: "iaas", Method: "DELETE", Path: "/app_settings/{pk}/", Status: 204,
	Group: "app_settings", Summary: "Delete a app settings record",
	Errors: []string{
		"iaas_app_settings_delete_001", "iaas_app_settings_delete_201",
	},
}}

// ListASN is GET /asn/: List asn records.
var ListASN = op.Op[op.None, Page[ASN, ListMetadata]]{Spec: op.Spec{
	ID: "asnList", App: "iaas", Method: "GET", Path: "/asn/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "asn", Summary: "List asn records",
	Orders: []string{"member_id", "number", "created", "updated"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "member_id", Kind: op.NumberOps},
		{Name: "number", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_asn_list_001",
	},
}}

// CreateASN is POST /asn/: Create a asn record.
var CreateASN = op.Op[ASNRequest, Content[ASN]]{Spec: op.Spec{
	ID: "asnCreate", App: "iaas", Method: "POST", Path: "/asn/", Status: 201,
	Group: "asn", Summary: "Create a asn record",
	Body: "ASNRequest",
	Errors: []string{
		"iaas_asn_create_101", "iaas_asn_create_102", "iaas_asn_create_103", "iaas_asn_create_104",
		"iaas_asn_create_201", "iaas_asn_create_202",
	},
}}

// ReadASN is GET /asn/{pk}/: Read one asn record.
var ReadASN = op.Op[op.None, Content[ASN]]{Spec: op.Spec{
	ID: "asnRead", App: "iaas", Method: "GET", Path: "/asn/{pk}/", Status: 200,
	Group: "asn", Summary: "Read one asn record",
	Errors: []string{
		"iaas_asn_read_001",
	},
}}

// HeadASN is HEAD /asn/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadASN = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "asnHead", App: "iaas", Method: "HEAD", Path: "/asn/{pk}/", Status: 200,
	Group: "asn", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateASN is PUT /asn/{pk}/: Update a asn record.
var UpdateASN = op.Op[ASNRequest, Content[ASN]]{Spec: op.Spec{
	ID: "asnUpdate", App: "iaas", Method: "PUT", Path: "/asn/{pk}/", Status: 200,
	Group: "asn", Summary: "Update a asn record",
	Body: "ASNRequest",
	Errors: []string{
		"iaas_asn_update_001", "iaas_asn_update_101", "iaas_asn_update_102", "iaas_asn_update_103",
		"iaas_asn_update_104", "iaas_asn_update_201", "iaas_asn_update_202",
	},
}}

// PatchASN is PATCH /asn/{pk}/: Partially update a asn record (only sent fields are validated, where supported).
var PatchASN = op.Op[ASNPatch, Content[ASN]]{Spec: op.Spec{
	ID: "asnPartialUpdate", App: "iaas", Method: "PATCH", Path: "/asn/{pk}/", Status: 200,
	Group: "asn", Summary: "Partially update a asn record (only sent fields are validated, where supported)",
	Body: "ASNPatch",
	Errors: []string{
		"iaas_asn_update_001", "iaas_asn_update_101", "iaas_asn_update_102", "iaas_asn_update_103",
		"iaas_asn_update_104", "iaas_asn_update_201", "iaas_asn_update_202",
	},
}}

// DeleteASN is DELETE /asn/{pk}/: Delete a asn record.
var DeleteASN = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "asnDelete", App: "iaas", Method: "DELETE", Path: "/asn/{pk}/", Status: 204,
	Group: "asn", Summary: "Delete a asn record",
	Errors: []string{
		"iaas_asn_delete_001", "iaas_asn_delete_201", "iaas_asn_delete_202", "iaas_asn_delete_203",
	},
}}

// UpdateAttach is PUT /attach/{resource_id}/parent/{parent_resource_id}/: Attach a resource to a VM of the same project.
var UpdateAttach = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "attachUpdate", App: "iaas", Method: "PUT", Path: "/attach/{resource_id}/parent/{parent_resource_id}/", Status: 204,
	Group: "attach", Summary: "Attach a resource to a VM of the same project",
	Errors: []string{
		"iaas_attach_update_001", "iaas_attach_update_002", "iaas_attach_update_003", "iaas_attach_update_004",
		"iaas_attach_update_005", "iaas_attach_update_006", "iaas_attach_update_007", "iaas_attach_update_201",
		"iaas_attach_update_202",
	},
}}

// CreateMembershipToken is POST /auth/login/: Obtain a token.
var CreateMembershipToken = op.Op[LoginRequest, Token]{Spec: op.Spec{
	ID: "membershipTokenCreate", App: "membership", Method: "POST", Path: "/auth/login/", Status: 201,
	Group: "membership", Summary: "Obtain a token",
	Public: true,
	Body:   "LoginRequest",
	Errors: []string{
		"membership_token_create_001", "membership_token_create_002", "membership_token_create_003", "membership_token_create_004",
		"membership_token_create_005", "membership_token_create_006", "membership_token_create_007", "membership_token_create_008",
	},
}}

// UpdateMembershipToken is PUT /auth/login/: Renew a valid token for one more hour.
var UpdateMembershipToken = op.Op[op.None, Token]{Spec: op.Spec{
	ID: "membershipTokenUpdate", App: "membership", Method: "PUT", Path: "/auth/login/", Status: 200,
	Group: "membership", Summary: "Renew a valid token for one more hour",
}}

// ListBackup is GET /backup/: List backup records.
var ListBackup = op.Op[op.None, Page[Backup, ListMetadata]]{Spec: op.Spec{
	ID: "backupList", App: "iaas", Method: "GET", Path: "/backup/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "backup", Summary: "List backup records",
	Orders: []string{"time_valid", "created", "name", "id", "state", "vm_id"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.StringOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "state", Kind: op.NumberOps},
		{Name: "vm__name", Kind: op.StringOps},
		{Name: "vm__project__address_id", Kind: op.NumberOps},
		{Name: "vm__project__name", Kind: op.StringOps},
		{Name: "vm__project__region_id", Kind: op.NumberOps},
		{Name: "vm__project_id", Kind: op.NumberOps},
		{Name: "vm__server_id", Kind: op.NumberOps},
		{Name: "vm_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_backup_list_001",
	},
}}

// CreateBackup is POST /backup/: Create a backup record.
var CreateBackup = op.Op[BackupCreate, Content[Backup]]{Spec: op.Spec{
	ID: "backupCreate", App: "iaas", Method: "POST", Path: "/backup/", Status: 201,
	Group: "backup", Summary: "Create a backup record",
	Body: "BackupCreate",
	Errors: []string{
		"iaas_backup_create_001", "iaas_backup_create_002", "iaas_backup_create_101", "iaas_backup_create_102",
		"iaas_backup_create_103", "iaas_backup_create_104", "iaas_backup_create_105", "iaas_backup_create_106",
		"iaas_backup_create_107", "iaas_backup_create_201", "iaas_backup_create_202",
	},
}}

// ReadBackup is GET /backup/{pk}/: Read one backup record.
var ReadBackup = op.Op[op.None, Content[Backup]]{Spec: op.Spec{
	ID: "backupRead", App: "iaas", Method: "GET", Path: "/backup/{pk}/", Status: 200,
	Group: "backup", Summary: "Read one backup record",
	Errors: []string{
		"iaas_backup_read_001", "iaas_backup_read_201", "iaas_backup_read_202", "iaas_backup_read_203",
	},
}}

// HeadBackup is HEAD /backup/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadBackup = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "backupHead", App: "iaas", Method: "HEAD", Path: "/backup/{pk}/", Status: 200,
	Group: "backup", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateBackup is PUT /backup/{pk}/: Update a backup record.
var UpdateBackup = op.Op[BackupUpdate, Content[Backup]]{Spec: op.Spec{
	ID: "backupUpdate", App: "iaas", Method: "PUT", Path: "/backup/{pk}/", Status: 200,
	Group: "backup", Summary: "Update a backup record",
	Body: "BackupUpdate",
	Errors: []string{
		"iaas_backup_update_001", "iaas_backup_update_002", "iaas_backup_update_101", "iaas_backup_update_102",
		"iaas_backup_update_103", "iaas_backup_update_104", "iaas_backup_update_105", "iaas_backup_update_106",
		"iaas_backup_update_107", "iaas_backup_update_108", "iaas_backup_update_201", "iaas_backup_update_202",
		"iaas_backup_update_203", "iaas_backup_update_204",
	},
}}

// PatchBackup is PATCH /backup/{pk}/: Partially update a backup record (only sent fields are validated, where supported).
var PatchBackup = op.Op[BackupUpdate, Content[Backup]]{Spec: op.Spec{
	ID: "backupPartialUpdate", App: "iaas", Method: "PATCH", Path: "/backup/{pk}/", Status: 200,
	Group: "backup", Summary: "Partially update a backup record (only sent fields are validated, where supported)",
	Body: "BackupUpdate",
	Errors: []string{
		"iaas_backup_update_001", "iaas_backup_update_002", "iaas_backup_update_101", "iaas_backup_update_102",
		"iaas_backup_update_103", "iaas_backup_update_104", "iaas_backup_update_105", "iaas_backup_update_106",
		"iaas_backup_update_107", "iaas_backup_update_108", "iaas_backup_update_201", "iaas_backup_update_202",
		"iaas_backup_update_203", "iaas_backup_update_204",
	},
}}

// ListBackupHistory is GET /backup_history/: List backup history.
var ListBackupHistory = op.Op[op.None, Page[BackupHistory, ListMetadata]]{Spec: op.Spec{
	ID: "backupHistoryList", App: "iaas", Method: "GET", Path: "/backup_history/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "backup_history", Summary: "List backup history",
	Orders: []string{"created"},
	Filters: []op.Filter{
		{Name: "backup_id", Kind: op.NumberOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "customer_address", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "modified_by", Kind: op.NumberOps},
		{Name: "project_id", Kind: op.NumberOps},
		{Name: "vm_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_backup_history_list_001",
	},
}}

// ListCapacity is GET /capacity/{region_id}/: Largest VMs that can still be built in a region.
var ListCapacity = op.Op[op.None, Content[Capacity]]{Spec: op.Spec{
	ID: "capacityList", App: "iaas", Method: "GET", Path: "/capacity/{region_id}/", Status: 200,
	Group: "capacity", Summary: "Largest VMs that can still be built in a region",
	Errors: []string{
		"iaas_capacity_list_101", "iaas_capacity_list_102",
	},
}}

// ListCeph is GET /ceph/: List ceph records.
var ListCeph = op.Op[op.None, Page[Resource, ListMetadata]]{Spec: op.Spec{
	ID: "cephList", App: "iaas", Method: "GET", Path: "/ceph/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "ceph", Summary: "List ceph records",
	Orders: []string{"name"},
	Filters: []op.Filter{
		{Name: "name", Kind: op.StringOps},
		{Name: "parent_id", Kind: op.NumberOps},
		{Name: "project__address_id", Kind: op.NumberOps},
		{Name: "project__name", Kind: op.StringOps},
		{Name: "project__region_id", Kind: op.NumberOps},
		{Name: "project_id", Kind: op.NumberOps},
		{Name: "state", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_ceph_list_001",
	},
}}

// CreateCeph is POST /ceph/: Create a ceph record.
var CreateCeph = op.Op[CephCreate, Content[Resource]]{Spec: op.Spec{
	ID: "cephCreate", App: "iaas", Method: "POST", Path: "/ceph/", Status: 201,
	Group: "ceph", Summary: "Create a ceph record",
	Body: "CephCreate",
	Errors: []string{
		"iaas_ceph_create_101", "iaas_ceph_create_102", "iaas_ceph_create_103", "iaas_ceph_create_104",
		"iaas_ceph_create_105", "iaas_ceph_create_106", "iaas_ceph_create_107", "iaas_ceph_create_108",
		"iaas_ceph_create_109", "iaas_ceph_create_110", "iaas_ceph_create_201",
	},
}}

// ReadCeph is GET /ceph/{pk}/: Read one ceph record.
var ReadCeph = op.Op[op.None, Content[Resource]]{Spec: op.Spec{
	ID: "cephRead", App: "iaas", Method: "GET", Path: "/ceph/{pk}/", Status: 200,
	Group: "ceph", Summary: "Read one ceph record",
	Errors: []string{
		"iaas_ceph_read_001", "iaas_ceph_read_201", "iaas_ceph_read_202", "iaas_ceph_read_203",
	},
}}

// UpdateCeph is PUT /ceph/{pk}/: Update a ceph record.
var UpdateCeph = op.Op[CephUpdate, Content[Resource]]{Spec: op.Spec{
	ID: "cephUpdate", App: "iaas", Method: "PUT", Path: "/ceph/{pk}/", Status: 200,
	Group: "ceph", Summary: "Update a ceph record",
	Body: "CephUpdate",
	Errors: []string{
		"iaas_ceph_update_001", "iaas_ceph_update_002", "iaas_ceph_update_101", "iaas_ceph_update_102",
		"iaas_ceph_update_103", "iaas_ceph_update_104", "iaas_ceph_update_105", "iaas_ceph_update_106",
		"iaas_ceph_update_107", "iaas_ceph_update_108", "iaas_ceph_update_109", "iaas_ceph_update_110",
		"iaas_ceph_update_111", "iaas_ceph_update_112", "iaas_ceph_update_201", "iaas_ceph_update_202",
		"iaas_ceph_update_203", "iaas_ceph_update_204",
	},
}}

// PatchCeph is PATCH /ceph/{pk}/: Partially update a ceph record (only sent fields are validated, where supported).
var PatchCeph = op.Op[CephUpdate, Content[Resource]]{Spec: op.Spec{
	ID: "cephPartialUpdate", App: "iaas", Method: "PATCH", Path: "/ceph/{pk}/", Status: 200,
	Group: "ceph", Summary: "Partially update a ceph record (only sent fields are validated, where supported)",
	Body: "CephUpdate",
	Errors: []string{
		"iaas_ceph_update_001", "iaas_ceph_update_002", "iaas_ceph_update_101", "iaas_ceph_update_102",
		"iaas_ceph_update_103", "iaas_ceph_update_104", "iaas_ceph_update_105", "iaas_ceph_update_106",
		"iaas_ceph_update_107", "iaas_ceph_update_108", "iaas_ceph_update_109", "iaas_ceph_update_110",
		"iaas_ceph_update_111", "iaas_ceph_update_112", "iaas_ceph_update_201", "iaas_ceph_update_202",
		"iaas_ceph_update_203", "iaas_ceph_update_204",
	},
}}

// ListCIXBlacklist is GET /cix_blacklist/: List cix blacklist records.
var ListCIXBlacklist = op.Op[op.None, Page[CIXListEntry, ListMetadata]]{Spec: op.Spec{
	ID: "cixBlacklistList", App: "iaas", Method: "GET", Path: "/cix_blacklist/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "cix_blacklist", Summary: "List cix blacklist records",
	Orders: []string{"cidr"},
	Filters: []op.Filter{
		{Name: "cidr", Kind: op.StringOps},
		{Name: "comment", Kind: op.StringOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_cix_blacklist_list_001",
	},
}}

// CreateCIXBlacklist is POST /cix_blacklist/: Create a cix blacklist record.
var CreateCIXBlacklist = op.Op[CIXListRequest, Content[CIXListEntry]]{Spec: op.Spec{
	ID: "cixBlacklistCreate", App: "iaas", Method: "POST", Path: "/cix_blacklist/", Status: 201,
	Group: "cix_blacklist", Summary: "Create a cix blacklist record",
	Body: "CIXListRequest",
	Errors: []string{
		"iaas_cix_blacklist_create_101", "iaas_cix_blacklist_create_102", "iaas_cix_blacklist_create_201",
	},
}}

// ReadCIXBlacklist is GET /cix_blacklist/{network}/{bits}/: Read one cix blacklist record.
var ReadCIXBlacklist = op.Op[op.None, Content[CIXListEntry]]{Spec: op.Spec{
	ID: "cixBlacklistRead", App: "iaas", Method: "GET", Path: "/cix_blacklist/{network}/{bits}/", Status: 200,
	Group: "cix_blacklist", Summary: "Read one cix blacklist record",
	Errors: []string{
		"iaas_cix_blacklist_read_001",
	},
}}

// HeadCIXBlacklist is HEAD /cix_blacklist/{network}/{bits}/: Existence check: 200 when readable, else 404, never a body.
var HeadCIXBlacklist = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "cixBlacklistHead", App: "iaas", Method: "HEAD", Path: "/cix_blacklist/{network}/{bits}/", Status: 200,
	Group: "cix_blacklist", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateCIXBlacklist is PUT /cix_blacklist/{network}/{bits}/: Update a cix blacklist record.
var UpdateCIXBlacklist = op.Op[CIXListRequest, Content[CIXListEntry]]{Spec: op.Spec{
	ID: "cixBlacklistUpdate", App: "iaas", Method: "PUT", Path: "/cix_blacklist/{network}/{bits}/", Status: 200,
	Group: "cix_blacklist", Summary: "Update a cix blacklist record",
	Body: "CIXListRequest",
	Errors: []string{
		"iaas_cix_blacklist_update_001", "iaas_cix_blacklist_update_101", "iaas_cix_blacklist_update_102", "iaas_cix_blacklist_update_201",
	},
}}

// PatchCIXBlacklist is PATCH /cix_blacklist/{network}/{bits}/: Partially update a cix blacklist record (only sent fields are validated, where supported).
var PatchCIXBlacklist = op.Op[CIXListRequest, Content[CIXListEntry]]{Spec: op.Spec{
	ID: "cixBlacklistPartialUpdate", App: "iaas", Method: "PATCH", Path: "/cix_blacklist/{network}/{bits}/", Status: 200,
	Group: "cix_blacklist", Summary: "Partially update a cix blacklist record (only sent fields are validated, where supported)",
	Body: "CIXListRequest",
	Errors: []string{
		"iaas_cix_blacklist_update_001", "iaas_cix_blacklist_update_101", "iaas_cix_blacklist_update_102", "iaas_cix_blacklist_update_201",
	},
}}

// DeleteCIXBlacklist is DELETE /cix_blacklist/{network}/{bits}/: Delete a cix blacklist record.
var DeleteCIXBlacklist = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "cixBlacklistDelete", App: "iaas", Method: "DELETE", Path: "/cix_blacklist/{network}/{bits}/", Status: 204,
	Group: "cix_blacklist", Summary: "Delete a cix blacklist record",
	Errors: []string{
		"iaas_cix_blacklist_delete_001", "iaas_cix_blacklist_delete_201",
	},
}}

// ListCIXWhitelist is GET /cix_whitelist/: List cix whitelist records.
var ListCIXWhitelist = op.Op[op.None, Page[CIXListEntry, ListMetadata]]{Spec: op.Spec{
	ID: "cixWhitelistList", App: "iaas", Method: "GET", Path: "/cix_whitelist/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "cix_whitelist", Summary: "List cix whitelist records",
	Orders: []string{"cidr", "created", "updated"},
	Filters: []op.Filter{
		{Name: "cidr", Kind: op.StringOps},
		{Name: "comment", Kind: op.StringOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_cix_whitelist_list_001",
	},
}}

// CreateCIXWhitelist is POST /cix_whitelist/: Create a cix whitelist record.
var CreateCIXWhitelist = op.Op[CIXListRequest, Content[CIXListEntry]]{Spec: op.Spec{
	ID: "cixWhitelistCreate", App: "iaas", Method: "POST", Path: "/cix_whitelist/", Status: 201,
	Group: "cix_whitelist", Summary: "Create a cix whitelist record",
	Body: "CIXListRequest",
	Errors: []string{
		"iaas_cix_whitelist_create_101", "iaas_cix_whitelist_create_102", "iaas_cix_whitelist_create_201",
	},
}}

// ReadCIXWhitelist is GET /cix_whitelist/{network}/{bits}/: Read one cix whitelist record.
var ReadCIXWhitelist = op.Op[op.None, Content[CIXListEntry]]{Spec: op.Spec{
	ID: "cixWhitelistRead", App: "iaas", Method: "GET", Path: "/cix_whitelist/{network}/{bits}/", Status: 200,
	Group: "cix_whitelist", Summary: "Read one cix whitelist record",
	Errors: []string{
		"iaas_cix_whitelist_read_001",
	},
}}

// HeadCIXWhitelist is HEAD /cix_whitelist/{network}/{bits}/: Existence check: 200 when readable, else 404, never a body.
var HeadCIXWhitelist = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "cixWhitelistHead", App: "iaas", Method: "HEAD", Path: "/cix_whitelist/{network}/{bits}/", Status: 200,
	Group: "cix_whitelist", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateCIXWhitelist is PUT /cix_whitelist/{network}/{bits}/: Update a cix whitelist record.
var UpdateCIXWhitelist = op.Op[CIXListRequest, Content[CIXListEntry]]{Spec: op.Spec{
	ID: "cixWhitelistUpdate", App: "iaas", Method: "PUT", Path: "/cix_whitelist/{network}/{bits}/", Status: 200,
	Group: "cix_whitelist", Summary: "Update a cix whitelist record",
	Body: "CIXListRequest",
	Errors: []string{
		"iaas_cix_whitelist_update_001", "iaas_cix_whitelist_update_101", "iaas_cix_whitelist_update_102", "iaas_cix_whitelist_update_201",
	},
}}

// PatchCIXWhitelist is PATCH /cix_whitelist/{network}/{bits}/: Partially update a cix whitelist record (only sent fields are validated, where supported).
var PatchCIXWhitelist = op.Op[CIXListRequest, Content[CIXListEntry]]{Spec: op.Spec{
	ID: "cixWhitelistPartialUpdate", App: "iaas", Method: "PATCH", Path: "/cix_whitelist/{network}/{bits}/", Status: 200,
	Group: "cix_whitelist", Summary: "Partially update a cix whitelist record (only sent fields are validated, where supported)",
	Body: "CIXListRequest",
	Errors: []string{
		"iaas_cix_whitelist_update_001", "iaas_cix_whitelist_update_101", "iaas_cix_whitelist_update_102", "iaas_cix_whitelist_update_201",
	},
}}

// DeleteCIXWhitelist is DELETE /cix_whitelist/{network}/{bits}/: Delete a cix whitelist record.
var DeleteCIXWhitelist = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "cixWhitelistDelete", App: "iaas", Method: "DELETE", Path: "/cix_whitelist/{network}/{bits}/", Status: 204,
	Group: "cix_whitelist", Summary: "Delete a cix whitelist record",
	Errors: []string{
		"iaas_cix_whitelist_delete_001", "iaas_cix_whitelist_delete_201",
	},
}}

// CreateCloud is POST /cloud/: Create a project with virtual router, subnets, VMs, firewall rules (and VPNs) in one request.
var CreateCloud = op.Op[CloudCreate, Content[Cloud]]{Spec: op.Spec{
	ID: "cloudCreate", App: "iaas", Method: "POST", Path: "/cloud/", Status: 201,
	Group: "cloud", Summary: "Create a project with virtual router, subnets, VMs, firewall rules (and VPNs) in one request",
	Body: "CloudCreate",
	Errors: []string{
		"iaas_asn_create_101", "iaas_asn_create_102", "iaas_asn_create_103", "iaas_asn_create_104",
		"iaas_asn_create_201", "iaas_asn_create_202", "iaas_cloud_create_101", "iaas_cloud_create_102",
		"iaas_cloud_create_103", "iaas_cloud_create_104", "iaas_cloud_create_105", "iaas_cloud_create_106",
		"iaas_cloud_create_107", "iaas_cloud_create_108", "iaas_cloud_create_201", "iaas_cloud_create_202",
		"iaas_cloud_create_203", "iaas_firewall_rule_create_101", "iaas_firewall_rule_create_102", "iaas_firewall_rule_create_103",
		"iaas_firewall_rule_create_104", "iaas_firewall_rule_create_105", "iaas_firewall_rule_create_106", "iaas_firewall_rule_create_107",
		"iaas_firewall_rule_create_108", "iaas_firewall_rule_create_109", "iaas_firewall_rule_create_110", "iaas_firewall_rule_create_111",
		"iaas_firewall_rule_create_112", "iaas_firewall_rule_create_113", "iaas_firewall_rule_create_114", "iaas_firewall_rule_create_115",
		"iaas_firewall_rule_create_116", "iaas_firewall_rule_create_117", "iaas_firewall_rule_create_118", "iaas_firewall_rule_create_119",
		"iaas_project_create_101", "iaas_project_create_102", "iaas_project_create_103", "iaas_project_create_104",
		"iaas_project_create_105", "iaas_project_create_106", "iaas_project_create_107", "iaas_project_create_108",
		"iaas_project_create_109", "iaas_project_create_201", "iaas_project_create_202", "iaas_route_create_101",
		"iaas_route_create_102", "iaas_route_create_103", "iaas_route_create_104", "iaas_route_create_105",
		"iaas_route_create_106", "iaas_route_create_107", "iaas_route_create_108", "iaas_route_create_109",
		"iaas_route_create_110", "iaas_storage_create_001", "iaas_storage_create_002", "iaas_storage_create_003",
		"iaas_storage_create_101", "iaas_storage_create_102", "iaas_storage_create_103", "iaas_storage_create_104",
		"iaas_storage_create_105", "iaas_storage_create_106", "iaas_storage_create_201", "iaas_storage_create_202",
		"iaas_subnet_create_101", "iaas_subnet_create_102", "iaas_subnet_create_103", "iaas_subnet_create_104",
		"iaas_subnet_create_105", "iaas_subnet_create_106", "iaas_subnet_create_107", "iaas_subnet_create_108",
		"iaas_subnet_create_109", "iaas_subnet_create_110", "iaas_subnet_create_111", "iaas_subnet_create_112",
		"iaas_subnet_create_113", "iaas_subnet_create_114", "iaas_subnet_create_115", "iaas_subnet_create_116",
		"iaas_subnet_create_117", "iaas_subnet_create_118", "iaas_subnet_create_119", "iaas_subnet_create_120",
		"iaas_subnet_create_121", "iaas_subnet_create_122", "iaas_subnet_create_123", "iaas_subnet_create_124",
		"iaas_subnet_create_125", "iaas_subnet_create_126", "iaas_subnet_create_201", "iaas_virtual_router_create_101",
		"iaas_virtual_router_create_102", "iaas_virtual_router_create_103", "iaas_virtual_router_create_104", "iaas_virtual_router_create_105",
		"iaas_virtual_router_create_106", "iaas_virtual_router_create_107", "iaas_virtual_router_create_108", "iaas_virtual_router_create_109",
		"iaas_virtual_router_update_001", "iaas_virtual_router_update_002", "iaas_virtual_router_update_003", "iaas_virtual_router_update_101",
		"iaas_virtual_router_update_102", "iaas_virtual_router_update_103", "iaas_virtual_router_update_104", "iaas_virtual_router_update_105",
		"iaas_virtual_router_update_106", "iaas_virtual_router_update_107", "iaas_virtual_router_update_108", "iaas_virtual_router_update_109",
		"iaas_virtual_router_update_110", "iaas_virtual_router_update_111", "iaas_virtual_router_update_112", "iaas_virtual_router_update_113",
		"iaas_virtual_router_update_201", "iaas_virtual_router_update_202", "iaas_virtual_router_update_203", "iaas_vm_create_101",
		"iaas_vm_create_102", "iaas_vm_create_103", "iaas_vm_create_104", "iaas_vm_create_105",
		"iaas_vm_create_106", "iaas_vm_create_107", "iaas_vm_create_108", "iaas_vm_create_109",
		"iaas_vm_create_110", "iaas_vm_create_111", "iaas_vm_create_112", "iaas_vm_create_113",
		"iaas_vm_create_114", "iaas_vm_create_115", "iaas_vm_create_116", "iaas_vm_create_117",
		"iaas_vm_create_118", "iaas_vm_create_119", "iaas_vm_create_120", "iaas_vm_create_121",
		"iaas_vm_create_122", "iaas_vm_create_123", "iaas_vm_create_124", "iaas_vm_create_125",
		"iaas_vm_create_126", "iaas_vm_create_127", "iaas_vm_create_128", "iaas_vm_create_129",
		"iaas_vm_create_130", "iaas_vm_create_131", "iaas_vm_create_132", "iaas_vm_create_133",
		"iaas_vm_create_134", "iaas_vm_create_135", "iaas_vm_create_136", "iaas_vm_create_137",
		"iaas_vm_create_138", "iaas_vm_create_139", "iaas_vm_create_140", "iaas_vm_create_141",
		"iaas_vm_create_142", "iaas_vm_create_143", "iaas_vm_create_144", "iaas_vm_create_145",
		"iaas_vm_create_201", "iaas_vpn_client_create_101", "iaas_vpn_client_create_102", "iaas_vpn_client_create_103",
		"iaas_vpn_client_create_104", "iaas_vpn_client_create_105", "iaas_vpn_client_create_106", "iaas_vpn_create_001",
		"iaas_vpn_create_002", "iaas_vpn_create_101", "iaas_vpn_create_102", "iaas_vpn_create_103",
		"iaas_vpn_create_104", "iaas_vpn_create_105", "iaas_vpn_create_106", "iaas_vpn_create_107",
		"iaas_vpn_create_108", "iaas_vpn_create_109", "iaas_vpn_create_110", "iaas_vpn_create_111",
		"iaas_vpn_create_112", "iaas_vpn_create_114", "iaas_vpn_create_115", "iaas_vpn_create_118",
		"iaas_vpn_create_120", "iaas_vpn_create_121", "iaas_vpn_create_122", "iaas_vpn_create_123",
		"iaas_vpn_create_124", "iaas_vpn_create_125", "iaas_vpn_create_126", "iaas_vpn_create_127",
		"iaas_vpn_create_128", "iaas_vpn_create_129", "iaas_vpn_create_130", "iaas_vpn_create_131",
		"iaas_vpn_create_132", "iaas_vpn_create_133", "iaas_vpn_create_134", "iaas_vpn_create_135",
		"iaas_vpn_create_136", "iaas_vpn_create_137", "iaas_vpn_create_138", "iaas_vpn_create_139",
		"iaas_vpn_create_140", "iaas_vpn_create_141", "iaas_vpn_create_142", "iaas_vpn_create_201",
	},
}}

// ListCloudBill is GET /cloud/pricing/: SKU unit-hours of all projects visible to the caller.
var ListCloudBill = op.Op[op.None, Content[CloudBillList]]{Spec: op.Spec{
	ID: "cloudBillList", App: "iaas", Method: "GET", Path: "/cloud/pricing/", Status: 200,
	Query: []string{"search", "timestamp"},
	Group: "cloud_bill", Summary: "SKU unit-hours of all projects visible to the caller",
	Orders: []string{"name"},
	Filters: []op.Filter{
		{Name: "reseller_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_cloud_bill_list_001",
	},
}}

// ReadCloudBill is GET /cloud/pricing/{project_id}/: SKU unit-hours of one project.
var ReadCloudBill = op.Op[op.None, Content[CloudBill]]{Spec: op.Spec{
	ID: "cloudBillRead", App: "iaas", Method: "GET", Path: "/cloud/pricing/{project_id}/", Status: 200,
	Query: []string{"timestamp"},
	Group: "cloud_bill", Summary: "SKU unit-hours of one project",
	Errors: []string{
		"iaas_cloud_bill_read_001", "iaas_cloud_bill_read_002", "iaas_cloud_bill_read_201",
	},
}}

// ReadCloud is GET /cloud/{pk}/: Read a project with all its infrastructure.
var ReadCloud = op.Op[op.None, Content[Cloud]]{Spec: op.Spec{
	ID: "cloudRead", App: "iaas", Method: "GET", Path: "/cloud/{pk}/", Status: 200,
	Group: "cloud", Summary: "Read a project with all its infrastructure",
	Errors: []string{
		"iaas_cloud_read_001", "iaas_cloud_read_201", "iaas_cloud_read_202",
	},
}}

// UpdateCloud is PUT /cloud/{pk}/: Update a whole cloud project.
var UpdateCloud = op.Op[CloudUpdate, op.None]{Spec: op.Spec{
	ID: "cloudUpdate", App: "iaas", Method: "PUT", Path: "/cloud/{pk}/", Status: 200,
	Group: "cloud", Summary: "Update a whole cloud project",
	Body: "CloudUpdate",
	Errors: []string{
		"iaas_cloud_update_001", "iaas_cloud_update_002", "iaas_cloud_update_003", "iaas_cloud_update_101",
		"iaas_cloud_update_102", "iaas_cloud_update_103", "iaas_cloud_update_104", "iaas_cloud_update_105",
		"iaas_cloud_update_106", "iaas_cloud_update_107", "iaas_cloud_update_108", "iaas_cloud_update_109",
		"iaas_cloud_update_201", "iaas_cloud_update_202", "iaas_cloud_update_203", "iaas_firewall_rule_create_101",
		"iaas_firewall_rule_create_102", "iaas_firewall_rule_create_103", "iaas_firewall_rule_create_104", "iaas_firewall_rule_create_105",
		"iaas_firewall_rule_create_106", "iaas_firewall_rule_create_107", "iaas_firewall_rule_create_108", "iaas_firewall_rule_create_109",
		"iaas_firewall_rule_create_110", "iaas_firewall_rule_create_111", "iaas_firewall_rule_create_112", "iaas_firewall_rule_create_113",
		"iaas_firewall_rule_create_114", "iaas_firewall_rule_create_115", "iaas_firewall_rule_create_116", "iaas_firewall_rule_create_117",
		"iaas_firewall_rule_create_118", "iaas_firewall_rule_create_119", "iaas_project_update_001", "iaas_project_update_101",
		"iaas_project_update_102", "iaas_project_update_103", "iaas_project_update_104", "iaas_project_update_105",
		"iaas_project_update_106", "iaas_project_update_107", "iaas_project_update_108", "iaas_project_update_109",
		"iaas_project_update_110", "iaas_project_update_111", "iaas_project_update_112", "iaas_project_update_113",
		"iaas_project_update_201", "iaas_project_update_202", "iaas_project_update_203", "iaas_storage_create_001",
		"iaas_storage_create_002", "iaas_storage_create_003", "iaas_storage_create_101", "iaas_storage_create_102",
		"iaas_storage_create_103", "iaas_storage_create_104", "iaas_storage_create_105", "iaas_storage_create_106",
		"iaas_storage_create_201", "iaas_storage_create_202", "iaas_storage_update_101", "iaas_storage_update_102",
		"iaas_storage_update_103", "iaas_storage_update_104", "iaas_subnet_create_101", "iaas_subnet_create_102",
		"iaas_subnet_create_103", "iaas_subnet_create_104", "iaas_subnet_create_105", "iaas_subnet_create_106",
		"iaas_subnet_create_107", "iaas_subnet_create_108", "iaas_subnet_create_109", "iaas_subnet_create_110",
		"iaas_subnet_create_111", "iaas_subnet_create_112", "iaas_subnet_create_113", "iaas_subnet_create_114",
		"iaas_subnet_create_115", "iaas_subnet_create_116", "iaas_subnet_create_117", "iaas_subnet_create_118",
		"iaas_subnet_create_119", "iaas_subnet_create_120", "iaas_subnet_create_121", "iaas_subnet_create_122",
		"iaas_subnet_create_123", "iaas_subnet_create_124", "iaas_subnet_create_125", "iaas_subnet_create_126",
		"iaas_subnet_create_201", "iaas_subnet_update_001", "iaas_subnet_update_101", "iaas_subnet_update_102",
		"iaas_subnet_update_103", "iaas_subnet_update_104", "iaas_subnet_update_105", "iaas_subnet_update_106",
		"iaas_subnet_update_107", "iaas_subnet_update_108", "iaas_subnet_update_109", "iaas_subnet_update_110",
		"iaas_subnet_update_111", "iaas_subnet_update_112", "iaas_subnet_update_113", "iaas_subnet_update_114",
		"iaas_subnet_update_115", "iaas_subnet_update_116", "iaas_subnet_update_117", "iaas_subnet_update_118",
		"iaas_subnet_update_119", "iaas_subnet_update_120", "iaas_subnet_update_121", "iaas_subnet_update_122",
		"iaas_subnet_update_123", "iaas_subnet_update_124", "iaas_subnet_update_125", "iaas_subnet_update_201",
		"iaas_subnet_update_202", "iaas_subnet_update_203", "iaas_subnet_update_204", "iaas_virtual_router_update_001",
		"iaas_virtual_router_update_002", "iaas_virtual_router_update_003", "iaas_virtual_router_update_101", "iaas_virtual_router_update_102",
		"iaas_virtual_router_update_103", "iaas_virtual_router_update_104", "iaas_virtual_router_update_105", "iaas_virtual_router_update_106",
		"iaas_virtual_router_update_107", "iaas_virtual_router_update_108", "iaas_virtual_router_update_109", "iaas_virtual_router_update_110",
		"iaas_virtual_router_update_111", "iaas_virtual_router_update_112", "iaas_virtual_router_update_113", "iaas_virtual_router_update_201",
		"iaas_virtual_router_update_202", "iaas_virtual_router_update_203", "iaas_vm_create_101", "iaas_vm_create_102",
		"iaas_vm_create_103", "iaas_vm_create_104", "iaas_vm_create_105", "iaas_vm_create_106",
		"iaas_vm_create_107", "iaas_vm_create_108", "iaas_vm_create_109", "iaas_vm_create_110",
		"iaas_vm_create_111", "iaas_vm_create_112", "iaas_vm_create_113", "iaas_vm_create_114",
		"iaas_vm_create_115", "iaas_vm_create_116", "iaas_vm_create_117", "iaas_vm_create_118",
		"iaas_vm_create_119", "iaas_vm_create_120", "iaas_vm_create_121", "iaas_vm_create_122",
		"iaas_vm_create_123", "iaas_vm_create_124", "iaas_vm_create_125", "iaas_vm_create_126",
		"iaas_vm_create_127", "iaas_vm_create_128", "iaas_vm_create_129", "iaas_vm_create_130",
		"iaas_vm_create_131", "iaas_vm_create_132", "iaas_vm_create_133", "iaas_vm_create_134",
		"iaas_vm_create_135", "iaas_vm_create_136", "iaas_vm_create_137", "iaas_vm_create_138",
		"iaas_vm_create_139", "iaas_vm_create_140", "iaas_vm_create_141", "iaas_vm_create_142",
		"iaas_vm_create_143", "iaas_vm_create_144", "iaas_vm_create_145", "iaas_vm_create_201",
		"iaas_vm_update_001", "iaas_vm_update_101", "iaas_vm_update_102", "iaas_vm_update_103",
		"iaas_vm_update_104", "iaas_vm_update_105", "iaas_vm_update_106", "iaas_vm_update_107",
		"iaas_vm_update_108", "iaas_vm_update_109", "iaas_vm_update_110", "iaas_vm_update_111",
		"iaas_vm_update_112", "iaas_vm_update_113", "iaas_vm_update_114", "iaas_vm_update_115",
		"iaas_vm_update_116", "iaas_vm_update_117", "iaas_vm_update_118", "iaas_vm_update_119",
		"iaas_vm_update_120", "iaas_vm_update_121", "iaas_vm_update_122", "iaas_vm_update_123",
		"iaas_vm_update_124", "iaas_vm_update_125", "iaas_vm_update_126", "iaas_vm_update_127",
		"iaas_vm_update_128", "iaas_vm_update_129", "iaas_vm_update_130", "iaas_vm_update_131",
		"iaas_vm_update_132", "iaas_vm_update_133", "iaas_vm_update_134", "iaas_vm_update_135",
		"iaas_vm_update_136", "iaas_vm_update_137", "iaas_vm_update_138", "iaas_vm_update_139",
		"iaas_vm_update_140", "iaas_vm_update_201", "iaas_vm_update_202", "iaas_vm_update_203",
	},
}}

// ReadMembershipCloudBill is GET /cloud_bill/{address_id}/{target_address_id}/: Cloud relation between a region address and a customer address.
var ReadMembershipCloudBill = op.Op[op.None, Content[MembershipCloudBill]]{Spec: op.Spec{
	ID: "membershipCloudBillRead", App: "membership", Method: "GET", Path: "/cloud_bill/{address_id}/{target_address_id}/", Status: 200,
	Group: "membership", Summary: "Cloud relation between a region address and a customer address",
	Errors: []string{
		"membership_cloud_bill_read_001", "membership_cloud_bill_read_002", "membership_cloud_bill_read_201",
	},
}}

// UpdateDetach is PUT /detach/{resource_id}/: Detach a resource from its parent.
var UpdateDetach = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "detachUpdate", App: "iaas", Method: "PUT", Path: "/detach/{resource_id}/", Status: 204,
	Group: "detach", Summary: "Detach a resource from its parent",
	Errors: []string{
		"iaas_detach_update_001", "iaas_detach_update_002", "iaas_detach_update_003", "iaas_detach_update_004",
		"iaas_detach_update_005", "iaas_detach_update_006", "iaas_detach_update_201", "iaas_detach_update_202",
	},
}}

// ListDevice is GET /device/: List device records.
var ListDevice = op.Op[op.None, Page[Device, ListMetadata]]{Spec: op.Spec{
	ID: "deviceList", App: "iaas", Method: "GET", Path: "/device/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "device", Summary: "List device records",
	Orders: []string{"id_on_host", "created", "server_id", "updated", "vm_id"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "device_type__description", Kind: op.StringOps},
		{Name: "device_type__sku", Kind: op.StringOps},
		{Name: "device_type_id", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "id_on_host", Kind: op.StringOps},
		{Name: "server_id", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
		{Name: "vm__name", Kind: op.StringOps},
		{Name: "vm__project__address_id", Kind: op.NumberOps},
		{Name: "vm__project__name", Kind: op.StringOps},
		{Name: "vm__project__region_id", Kind: op.NumberOps},
		{Name: "vm__project_id", Kind: op.NumberOps},
		{Name: "vm_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_device_list_001",
	},
}}

// CreateDevice is POST /device/: Create a device record.
var CreateDevice = op.Op[DeviceCreate, Content[Device]]{Spec: op.Spec{
	ID: "deviceCreate", App: "iaas", Method: "POST", Path: "/device/", Status: 201,
	Group: "device", Summary: "Create a device record",
	Body: "DeviceCreate",
	Errors: []string{
		"iaas_device_create_101", "iaas_device_create_102", "iaas_device_create_103", "iaas_device_create_104",
		"iaas_device_create_105", "iaas_device_create_106", "iaas_device_create_107", "iaas_device_create_108",
		"iaas_device_create_201",
	},
}}

// ReadDevice is GET /device/{pk}/: Read one device record.
var ReadDevice = op.Op[op.None, Content[Device]]{Spec: op.Spec{
	ID: "deviceRead", App: "iaas", Method: "GET", Path: "/device/{pk}/", Status: 200,
	Group: "device", Summary: "Read one device record",
	Errors: []string{
		"iaas_device_read_001", "iaas_device_read_201",
	},
}}

// HeadDevice is HEAD /device/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadDevice = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "deviceHead", App: "iaas", Method: "HEAD", Path: "/device/{pk}/", Status: 200,
	Group: "device", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateDevice is PUT /device/{pk}/: Update a device record.
var UpdateDevice = op.Op[DeviceUpdate, Content[Device]]{Spec: op.Spec{
	ID: "deviceUpdate", App: "iaas", Method: "PUT", Path: "/device/{pk}/", Status: 200,
	Group: "device", Summary: "Update a device record",
	Body: "DeviceUpdate",
	Errors: []string{
		"iaas_device_update_001", "iaas_device_update_101", "iaas_device_update_102", "iaas_device_update_103",
		"iaas_device_update_104", "iaas_device_update_105", "iaas_device_update_106", "iaas_device_update_107",
		"iaas_device_update_108", "iaas_device_update_109", "iaas_device_update_201",
	},
}}

// PatchDevice is PATCH /device/{pk}/: Partially update a device record (only sent fields are validated, where supported).
var PatchDevice = op.Op[DeviceUpdate, Content[Device]]{Spec: op.Spec{
	ID: "devicePartialUpdate", App: "iaas", Method: "PATCH", Path: "/device/{pk}/", Status: 200,
	Group: "device", Summary: "Partially update a device record (only sent fields are validated, where supported)",
	Body: "DeviceUpdate",
	Errors: []string{
		"iaas_device_update_001", "iaas_device_update_101", "iaas_device_update_102", "iaas_device_update_103",
		"iaas_device_update_104", "iaas_device_update_105", "iaas_device_update_106", "iaas_device_update_107",
		"iaas_device_update_108", "iaas_device_update_109", "iaas_device_update_201",
	},
}}

// ListDeviceType is GET /device_type/: List device types.
var ListDeviceType = op.Op[op.None, Page[DeviceType, ListMetadata]]{Spec: op.Spec{
	ID: "deviceTypeList", App: "iaas", Method: "GET", Path: "/device_type/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "device_type", Summary: "List device types",
	Orders: []string{"description", "id", "sku"},
	Filters: []op.Filter{
		{Name: "description", Kind: op.StringOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "sku", Kind: op.StringOps},
	},
	Errors: []string{
		"iaas_device_type_list_001",
	},
}}

// ListDomain is GET /domain/: List domain records.
var ListDomain = op.Op[op.None, Page[Domain, ListMetadata]]{Spec: op.Spec{
	ID: "domainList", App: "iaas", Method: "GET", Path: "/domain/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "domain", Summary: "List domain records",
	Orders: []string{"name", "created", "updated"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "member_id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_domain_list_001",
	},
}}

// CreateDomain is POST /domain/: Create a domain record.
var CreateDomain = op.Op[DomainRequest, Content[Domain]]{Spec: op.Spec{
	ID: "domainCreate", App: "iaas", Method: "POST", Path: "/domain/", Status: 201,
	Group: "domain", Summary: "Create a domain record",
	Body: "DomainRequest",
	Errors: []string{
		"iaas_domain_create_001", "iaas_domain_create_002", "iaas_domain_create_101", "iaas_domain_create_102",
		"iaas_domain_create_103", "iaas_domain_create_201",
	},
}}

// ReadDomain is GET /domain/{pk}/: Read one domain record.
var ReadDomain = op.Op[op.None, Content[Domain]]{Spec: op.Spec{
	ID: "domainRead", App: "iaas", Method: "GET", Path: "/domain/{pk}/", Status: 200,
	Group: "domain", Summary: "Read one domain record",
	Errors: []string{
		"iaas_domain_read_001", "iaas_domain_read_201",
	},
}}

// HeadDomain is HEAD /domain/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadDomain = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "domainHead", App: "iaas", Method: "HEAD", Path: "/domain/{pk}/", Status: 200,
	Group: "domain", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateDomain is PUT /domain/{pk}/: Update a domain (documented for clients; the reference server 3.3.2 answers 405).
var UpdateDomain = op.Op[DomainRequest, Content[Domain]]{Spec: op.Spec{
	ID: "domainUpdate", App: "iaas", Method: "PUT", Path: "/domain/{pk}/", Status: 200,
	Group: "domain", Summary: "Update a domain (documented for clients; the reference server 3.3.2 answers 405)",
	Body: "DomainRequest",
	Errors: []string{
		"iaas_domain_update_001", "iaas_domain_update_101", "iaas_domain_update_102", "iaas_domain_update_103",
		"iaas_domain_update_201",
	},
}}

// PatchDomain is PATCH /domain/{pk}/: Update a domain (documented for clients; the reference server 3.3.2 answers 405).
var PatchDomain = op.Op[DomainPatch, Content[Domain]]{Spec: op.Spec{
	ID: "domainPartialUpdate", App: "iaas", Method: "PATCH", Path: "/domain/{pk}/", Status: 200,
	Group: "domain", Summary: "Update a domain (documented for clients; the reference server 3.3.2 answers 405)",
	Body: "DomainPatch",
	Errors: []string{
		"iaas_domain_update_001", "iaas_domain_update_101", "iaas_domain_update_102", "iaas_domain_update_103",
		"iaas_domain_update_201",
	},
}}

// DeleteDomain is DELETE /domain/{pk}/: Delete a domain record.
var DeleteDomain = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "domainDelete", App: "iaas", Method: "DELETE", Path: "/domain/{pk}/", Status: 204,
	Group: "domain", Summary: "Delete a domain record",
	Errors: []string{
		"iaas_domain_delete_001", "iaas_domain_delete_002", "iaas_domain_delete_003", "iaas_domain_delete_201",
	},
}}

// ReadDynamicRemoteSubnet is GET /dynamic_remote_subnet/{region_id}/: Free /24 remote subnets for dynamic VPNs.
var ReadDynamicRemoteSubnet = op.Op[op.None, Content[DynamicRemoteSubnets]]{Spec: op.Spec{
	ID: "dynamicRemoteSubnetRead", App: "iaas", Method: "GET", Path: "/dynamic_remote_subnet/{region_id}/", Status: 200,
	Query: []string{"dynamic_remote_subnet"},
	Group: "dynamic_remote_subnet", Summary: "Free /24 remote subnets for dynamic VPNs",
	Errors: []string{
		"iaas_dynamic_remote_subnet_read_001", "iaas_dynamic_remote_subnet_read_002",
	},
}}

// ListImage is GET /image/: List image records.
var ListImage = op.Op[op.None, Page[Image, ListMetadata]]{Spec: op.Spec{
	ID: "imageList", App: "iaas", Method: "GET", Path: "/image/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "image", Summary: "List image records",
	Orders: []string{"display_name", "id"},
	Filters: []op.Filter{
		{Name: "display_name", Kind: op.StringOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "regions__region", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_image_list_001",
	},
}}

// ReadImage is GET /image/{pk}/: Read one image record.
var ReadImage = op.Op[op.None, Content[Image]]{Spec: op.Spec{
	ID: "imageRead", App: "iaas", Method: "GET", Path: "/image/{pk}/", Status: 200,
	Group: "image", Summary: "Read one image record",
	Errors: []string{
		"iaas_image_read_001",
	},
}}

// HeadImage is HEAD /image/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadImage = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "imageHead", App: "iaas", Method: "HEAD", Path: "/image/{pk}/", Status: 200,
	Group: "image", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateImage is PUT /image/{pk}/: Update a image record.
var UpdateImage = op.Op[RegionsRequest, Content[Image]]{Spec: op.Spec{
	ID: "imageUpdate", App: "iaas", Method: "PUT", Path: "/image/{pk}/", Status: 200,
	Group: "image", Summary: "Update a image record",
	Body: "RegionsRequest",
	Errors: []string{
		"iaas_image_update_001", "iaas_image_update_101", "iaas_image_update_102", "iaas_image_update_103",
		"iaas_image_update_104", "iaas_image_update_105", "iaas_image_update_106", "iaas_image_update_201",
	},
}}

// PatchImage is PATCH /image/{pk}/: Partially update a image record (only sent fields are validated, where supported).
var PatchImage = op.Op[RegionsPatch, Content[Image]]{Spec: op.Spec{
	ID: "imagePartialUpdate", App: "iaas", Method: "PATCH", Path: "/image/{pk}/", Status: 200,
	Group: "image", Summary: "Partially update a image record (only sent fields are validated, where supported)",
	Body: "RegionsPatch",
	Errors: []string{
		"iaas_image_update_001", "iaas_image_update_101", "iaas_image_update_102", "iaas_image_update_103",
		"iaas_image_update_104", "iaas_image_update_105", "iaas_image_update_106", "iaas_image_update_201",
	},
}}

// ListInterface is GET /interface/: List interface records.
var ListInterface = op.Op[op.None, Page[Interface, ListMetadata]]{Spec: op.Spec{
	ID: "interfaceList", App: "iaas", Method: "GET", Path: "/interface/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "interface", Summary: "List interface records",
	Orders: []string{"created", "hostname", "ip_address", "mac_address", "server_id"},
	Filters: []op.Filter{
		{Name: "details", Kind: op.StringOps},
		{Name: "enabled"},
		{Name: "hostname", Kind: op.StringOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "ip_address", Kind: op.StringOps},
		{Name: "mac_address", Kind: op.StringOps},
		{Name: "server_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_interface_list_001", "iaas_interface_list_201",
	},
}}

// CreateInterface is POST /interface/: Create a interface record.
var CreateInterface = op.Op[InterfaceCreate, Content[Interface]]{Spec: op.Spec{
	ID: "interfaceCreate", App: "iaas", Method: "POST", Path: "/interface/", Status: 201,
	Group: "interface", Summary: "Create a interface record",
	Body: "InterfaceCreate",
	Errors: []string{
		"iaas_interface_create_101", "iaas_interface_create_102", "iaas_interface_create_103", "iaas_interface_create_104",
		"iaas_interface_create_105", "iaas_interface_create_106", "iaas_interface_create_107", "iaas_interface_create_108",
		"iaas_interface_create_109", "iaas_interface_create_110", "iaas_interface_create_201",
	},
}}

// ReadInterface is GET /interface/{pk}/: Read one interface record.
var ReadInterface = op.Op[op.None, Content[Interface]]{Spec: op.Spec{
	ID: "interfaceRead", App: "iaas", Method: "GET", Path: "/interface/{pk}/", Status: 200,
	Group: "interface", Summary: "Read one interface record",
	Errors: []string{
		"iaas_interface_read_001", "iaas_interface_read_201",
	},
}}

// HeadInterface is HEAD /interface/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadInterface = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "interfaceHead", App: "iaas", Method: "HEAD", Path: "/interface/{pk}/", Status: 200,
	Group: "interface", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateInterface is PUT /interface/{pk}/: Update a interface record.
var UpdateInterface = op.Op[InterfaceUpdate, Content[Interface]]{Spec: op.Spec{
	ID: "interfaceUpdate", App: "iaas", Method: "PUT", Path: "/interface/{pk}/", Status: 200,
	Group: "interface", Summary: "Update a interface record",
	Body: "InterfaceUpdate",
	Errors: []string{
		"iaas_interface_update_001", "iaas_interface_update_101", "iaas_interface_update_102", "iaas_interface_update_103",
		"iaas_interface_update_104", "iaas_interface_update_105", "iaas_interface_update_201",
	},
}}

// PatchInterface is PATCH /interface/{pk}/: Partially update a interface record (only sent fields are validated, where supported).
var PatchInterface = op.Op[InterfaceUpdate, Content[Interface]]{Spec: op.Spec{
	ID: "interfacePartialUpdate", App: "iaas", Method: "PATCH", Path: "/interface/{pk}/", Status: 200,
	Group: "interface", Summary: "Partially update a interface record (only sent fields are validated, where supported)",
	Body: "InterfaceUpdate",
	Errors: []string{
		"iaas_interface_update_001", "iaas_interface_update_101", "iaas_interface_update_102", "iaas_interface_update_103",
		"iaas_interface_update_104", "iaas_interface_update_105", "iaas_interface_update_201",
	},
}}

// DeleteInterface is DELETE /interface/{pk}/: Delete a interface record.
var DeleteInterface = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "interfaceDelete", App: "iaas", Method: "DELETE", Path: "/interface/{pk}/", Status: 204,
	Group: "interface", Summary: "Delete a interface record",
	Errors: []string{
		"iaas_interface_delete_001", "iaas_interface_delete_201",
	},
}}

// ListIPAddress is GET /ip_address/: List ip address records.
var ListIPAddress = op.Op[op.None, Page[IPAddress, ListMetadata]]{Spec: op.Spec{
	ID: "ipAddressList", App: "iaas", Method: "GET", Path: "/ip_address/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "ipaddress", Summary: "List ip address records",
	Orders: []string{"address", "name", "created", "updated"},
	Filters: []op.Filter{
		{Name: "address", Kind: op.StringOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "ping"},
		{Name: "public_ip_id", Kind: op.NumberOps},
		{Name: "scan"},
		{Name: "subnet__address_id", Ops: []string{"in"}},
		{Name: "subnet__allocation__asn__member_id", Kind: op.NumberOps},
		{Name: "subnet__allocation__asn__number", Kind: op.NumberOps},
		{Name: "subnet__virtual_router_id", Kind: op.NumberOps},
		{Name: "subnet__vlan", Ops: []string{"in"}},
		{Name: "subnet_id", Ops: []string{"in"}},
		{Name: "updated", Kind: op.NumberOps},
		{Name: "vm_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_ip_address_list_001",
	},
}}

// CreateIPAddress is POST /ip_address/: Create a ip address record.
var CreateIPAddress = op.Op[IPAddressCreate, Content[IPAddress]]{Spec: op.Spec{
	ID: "ipAddressCreate", App: "iaas", Method: "POST", Path: "/ip_address/", Status: 201,
	Group: "ipaddress", Summary: "Create a ip address record",
	Body: "IPAddressCreate",
	Errors: []string{
		"iaas_ip_address_create_101", "iaas_ip_address_create_102", "iaas_ip_address_create_103", "iaas_ip_address_create_104",
		"iaas_ip_address_create_105", "iaas_ip_address_create_106", "iaas_ip_address_create_107", "iaas_ip_address_create_108",
		"iaas_ip_address_create_109", "iaas_ip_address_create_110", "iaas_ip_address_create_201",
	},
}}

// ReadIPAddress is GET /ip_address/{pk}/: Read one ip address record.
var ReadIPAddress = op.Op[op.None, Content[IPAddress]]{Spec: op.Spec{
	ID: "ipAddressRead", App: "iaas", Method: "GET", Path: "/ip_address/{pk}/", Status: 200,
	Group: "ipaddress", Summary: "Read one ip address record",
	Errors: []string{
		"iaas_ip_address_read_001", "iaas_ip_address_read_002", "iaas_ip_address_read_201", "iaas_ip_address_read_202",
		"iaas_ip_address_read_203", "iaas_ip_address_read_204", "iaas_ip_address_read_205",
	},
}}

// HeadIPAddress is HEAD /ip_address/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadIPAddress = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "ipAddressHead", App: "iaas", Method: "HEAD", Path: "/ip_address/{pk}/", Status: 200,
	Group: "ipaddress", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateIPAddress is PUT /ip_address/{pk}/: Update a ip address record.
var UpdateIPAddress = op.Op[IPAddressUpdate, Content[IPAddress]]{Spec: op.Spec{
	ID: "ipAddressUpdate", App: "iaas", Method: "PUT", Path: "/ip_address/{pk}/", Status: 200,
	Group: "ipaddress", Summary: "Update a ip address record",
	Body: "IPAddressUpdate",
	Errors: []string{
		"iaas_ip_address_update_001", "iaas_ip_address_update_002", "iaas_ip_address_update_003", "iaas_ip_address_update_101",
		"iaas_ip_address_update_102", "iaas_ip_address_update_103", "iaas_ip_address_update_104", "iaas_ip_address_update_105",
		"iaas_ip_address_update_106", "iaas_ip_address_update_201", "iaas_ip_address_update_202", "iaas_ip_address_update_203",
	},
}}

// PatchIPAddress is PATCH /ip_address/{pk}/: Partially update a ip address record (only sent fields are validated, where supported).
var PatchIPAddress = op.Op[IPAddressUpdate, Content[IPAddress]]{Spec: op.Spec{
	ID: "ipAddressPartialUpdate", App: "iaas", Method: "PATCH", Path: "/ip_address/{pk}/", Status: 200,
	Group: "ipaddress", Summary: "Partially update a ip address record (only sent fields are validated, where supported)",
	Body: "IPAddressUpdate",
	Errors: []string{
		"iaas_ip_address_update_001", "iaas_ip_address_update_002", "iaas_ip_address_update_003", "iaas_ip_address_update_101",
		"iaas_ip_address_update_102", "iaas_ip_address_update_103", "iaas_ip_address_update_104", "iaas_ip_address_update_105",
		"iaas_ip_address_update_106", "iaas_ip_address_update_201", "iaas_ip_address_update_202", "iaas_ip_address_update_203",
	},
}}

// DeleteIPAddress is DELETE /ip_address/{pk}/: Delete a ip address record.
var DeleteIPAddress = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "ipAddressDelete", App: "iaas", Method: "DELETE", Path: "/ip_address/{pk}/", Status: 204,
	Group: "ipaddress", Summary: "Delete a ip address record",
	Errors: []string{
		"iaas_ip_address_delete_001", "iaas_ip_address_delete_201", "iaas_ip_address_delete_202", "iaas_ip_address_delete_203",
	},
}}

// ListIPAddressGroup is GET /ip_address_group/: List ip address group records.
var ListIPAddressGroup = op.Op[op.None, Page[IPAddressGroup, ListMetadata]]{Spec: op.Spec{
	ID: "ipAddressGroupList", App: "iaas", Method: "GET", Path: "/ip_address_group/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "ip_address_group", Summary: "List ip address group records",
	Orders: []string{"name", "created", "member_id", "updated", "version"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "member_id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "updated", Kind: op.NumberOps},
		{Name: "version", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_ip_address_group_list_001",
	},
}}

// CreateIPAddressGroup is POST /ip_address_group/: Create a ip address group record.
var CreateIPAddressGroup = op.Op[IPAddressGroupCreate, Content[IPAddressGroup]]{Spec: op.Spec{
	ID: "ipAddressGroupCreate", App: "iaas", Method: "POST", Path: "/ip_address_group/", Status: 201,
	Group: "ip_address_group", Summary: "Create a ip address group record",
	Body: "IPAddressGroupCreate",
	Errors: []string{
		"iaas_ip_address_group_create_101", "iaas_ip_address_group_create_102", "iaas_ip_address_group_create_103", "iaas_ip_address_group_create_104",
		"iaas_ip_address_group_create_105", "iaas_ip_address_group_create_106", "iaas_ip_address_group_create_107", "iaas_ip_address_group_create_108",
		"iaas_ip_address_group_create_109", "iaas_ip_address_group_create_201", "iaas_ip_address_group_create_202",
	},
}}

// ReadIPAddressGroup is GET /ip_address_group/{pk}/: Read one ip address group record.
var ReadIPAddressGroup = op.Op[op.None, Content[IPAddressGroup]]{Spec: op.Spec{
	ID: "ipAddressGroupRead", App: "iaas", Method: "GET", Path: "/ip_address_group/{pk}/", Status: 200,
	Group: "ip_address_group", Summary: "Read one ip address group record",
	Errors: []string{
		"iaas_ip_address_group_read_001",
	},
}}

// HeadIPAddressGroup is HEAD /ip_address_group/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadIPAddressGroup = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "ipAddressGroupHead", App: "iaas", Method: "HEAD", Path: "/ip_address_group/{pk}/", Status: 200,
	Group: "ip_address_group", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateIPAddressGroup is PUT /ip_address_group/{pk}/: Update a ip address group record.
var UpdateIPAddressGroup = op.Op[IPAddressGroupUpdate, Content[IPAddressGroup]]{Spec: op.Spec{
	ID: "ipAddressGroupUpdate", App: "iaas", Method: "PUT", Path: "/ip_address_group/{pk}/", Status: 200,
	Group: "ip_address_group", Summary: "Update a ip address group record",
	Body: "IPAddressGroupUpdate",
	Errors: []string{
		"iaas_ip_address_group_update_001", "iaas_ip_address_group_update_101", "iaas_ip_address_group_update_102", "iaas_ip_address_group_update_103",
		"iaas_ip_address_group_update_104", "iaas_ip_address_group_update_105", "iaas_ip_address_group_update_106", "iaas_ip_address_group_update_107",
		"iaas_ip_address_group_update_108", "iaas_ip_address_group_update_201",
	},
}}

// PatchIPAddressGroup is PATCH /ip_address_group/{pk}/: Partially update a ip address group record (only sent fields are validated, where supported).
var PatchIPAddressGroup = op.Op[IPAddressGroupUpdate, Content[IPAddressGroup]]{Spec: op.Spec{
	ID: "ipAddressGroupPartialUpdate", App: "iaas", Method: "PATCH", Path: "/ip_address_group/{pk}/", Status: 200,
	Group: "ip_address_group", Summary: "Partially update a ip address group record (only sent fields are validated, where supported)",
	Body: "IPAddressGroupUpdate",
	Errors: []string{
		"iaas_ip_address_group_update_001", "iaas_ip_address_group_update_101", "iaas_ip_address_group_update_102", "iaas_ip_address_group_update_103",
		"iaas_ip_address_group_update_104", "iaas_ip_address_group_update_105", "iaas_ip_address_group_update_106", "iaas_ip_address_group_update_107",
		"iaas_ip_address_group_update_108", "iaas_ip_address_group_update_201",
	},
}}

// DeleteIPAddressGroup is DELETE /ip_address_group/{pk}/: Delete a ip address group record.
var DeleteIPAddressGroup = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "ipAddressGroupDelete", App: "iaas", Method: "DELETE", Path: "/ip_address_group/{pk}/", Status: 204,
	Group: "ip_address_group", Summary: "Delete a ip address group record",
	Errors: []string{
		"iaas_ip_address_group_delete_001", "iaas_ip_address_group_delete_201",
	},
}}

// ListIPValidator is GET /ip_validator/: Validate address ranges and addresses.
var ListIPValidator = op.Op[op.None, IPValidation]{Spec: op.Spec{
	ID: "ipValidatorList", App: "iaas", Method: "GET", Path: "/ip_validator/", Status: 200,
	Query: []string{"address_ranges", "ip_addresses", "addressRanges", "ipAddresses"},
	Group: "ip_validator", Summary: "Validate address ranges and addresses",
	Errors: []string{
		"iaas_ip_validator_001", "iaas_ip_validator_101", "iaas_ip_validator_102", "iaas_ip_validator_103",
		"iaas_ip_validator_104", "iaas_ip_validator_105", "iaas_ip_validator_106",
	},
}}

// ListIPMI is GET /ipmi/: List ipmi records.
var ListIPMI = op.Op[op.None, Page[IPMI, ListMetadata]]{Spec: op.Spec{
	ID: "ipmiList", App: "iaas", Method: "GET", Path: "/ipmi/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "ipmi", Summary: "List ipmi records",
	Orders: []string{"created", "updated", "pk", "client_ip", "customer_ip_id", "modified_by", "removed"},
	Filters: []op.Filter{
		{Name: "client_ip", Kind: op.StringOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "customer_ip_id", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "modified_by", Kind: op.NumberOps},
		{Name: "pool_ip__domain", Kind: op.StringOps},
		{Name: "removed", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_ipmi_list_001",
	},
}}

// CreateIPMI is POST /ipmi/: Create a ipmi record.
var CreateIPMI = op.Op[IPMICreate, Content[IPMI]]{Spec: op.Spec{
	ID: "ipmiCreate", App: "iaas", Method: "POST", Path: "/ipmi/", Status: 201,
	Group: "ipmi", Summary: "Create a ipmi record",
	Body: "IPMICreate",
	Errors: []string{
		"iaas_ipmi_create_001", "iaas_ipmi_create_002", "iaas_ipmi_create_003", "iaas_ipmi_create_004",
		"iaas_ipmi_create_005", "iaas_ipmi_create_006", "iaas_ipmi_create_101", "iaas_ipmi_create_102",
		"iaas_ipmi_create_103", "iaas_ipmi_create_104", "iaas_ipmi_create_105", "iaas_ipmi_create_201",
		"iaas_ipmi_get_juniper_device_001",
	},
}}

// ReadIPMI is GET /ipmi/{pk}/: Read one ipmi record.
var ReadIPMI = op.Op[op.None, Content[IPMI]]{Spec: op.Spec{
	ID: "ipmiRead", App: "iaas", Method: "GET", Path: "/ipmi/{pk}/", Status: 200,
	Group: "ipmi", Summary: "Read one ipmi record",
	Errors: []string{
		"iaas_ipmi_read_001", "iaas_ipmi_read_201",
	},
}}

// HeadIPMI is HEAD /ipmi/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadIPMI = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "ipmiHead", App: "iaas", Method: "HEAD", Path: "/ipmi/{pk}/", Status: 200,
	Group: "ipmi", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// DeleteIPMI is DELETE /ipmi/{pk}/: Delete a ipmi record.
var DeleteIPMI = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "ipmiDelete", App: "iaas", Method: "DELETE", Path: "/ipmi/{pk}/", Status: 204,
	Group: "ipmi", Summary: "Delete a ipmi record",
	Errors: []string{
		"iaas_ipmi_delete_001", "iaas_ipmi_delete_002", "iaas_ipmi_delete_003", "iaas_ipmi_delete_004",
		"iaas_ipmi_delete_005", "iaas_ipmi_delete_201", "iaas_ipmi_get_juniper_device_001",
	},
}}

// ListMembershipMember is GET /member/: List member records.
var ListMembershipMember = op.Op[op.None, Page[Member, ListMetadata]]{Spec: op.Spec{
	ID: "membershipMemberList", App: "membership", Method: "GET", Path: "/member/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "membership", Summary: "List member records",
	Errors: []string{
		"membership_member_list_001",
	},
}}

// ReadMembershipMember is GET /member/{pk}/: Read one member record.
var ReadMembershipMember = op.Op[op.None, Content[Member]]{Spec: op.Spec{
	ID: "membershipMemberRead", App: "membership", Method: "GET", Path: "/member/{pk}/", Status: 200,
	Group: "membership", Summary: "Read one member record",
	Errors: []string{
		"membership_member_read_001", "membership_member_read_201",
	},
}}

// ReadMetrics is GET /metrics/{region_id}/: Metrics of a region.
var ReadMetrics = op.Op[op.None, Content[Metrics]]{Spec: op.Spec{
	ID: "metricsRead", App: "iaas", Method: "GET", Path: "/metrics/{region_id}/", Status: 200,
	Query: []string{"force"},
	Group: "metrics", Summary: "Metrics of a region",
	Errors: []string{
		"iaas_metrics_read_001", "iaas_metrics_read_101", "iaas_metrics_read_201",
	},
}}

// ListPolicyLog is GET /policy_log/{project_id}/: Last firewall log entries of a project.
var ListPolicyLog = op.Op[op.None, Content[[]PolicyLogItem]]{Spec: op.Spec{
	ID: "policyLogList", App: "iaas", Method: "GET", Path: "/policy_log/{project_id}/", Status: 200,
	Group: "policy_log", Summary: "Last firewall log entries of a project",
	Errors: []string{
		"iaas_policy_log_list_001", "iaas_policy_log_list_002", "iaas_policy_log_list_003", "iaas_policy_log_list_004",
		"iaas_policy_log_list_201",
	},
}}

// ListPoolIP is GET /pool_ip/: List pool ip records.
var ListPoolIP = op.Op[op.None, Page[PoolIP, ListMetadata]]{Spec: op.Spec{
	ID: "poolIpList", App: "iaas", Method: "GET", Path: "/pool_ip/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "pool_ip", Summary: "List pool ip records",
	Orders: []string{"created", "updated", "ip_address", "domain"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "domain", Kind: op.StringOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "ip_address", Kind: op.StringOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_pool_ip_list_001",
	},
}}

// CreatePoolIP is POST /pool_ip/: Create a pool ip record.
var CreatePoolIP = op.Op[PoolIPRequest, Content[PoolIP]]{Spec: op.Spec{
	ID: "poolIpCreate", App: "iaas", Method: "POST", Path: "/pool_ip/", Status: 201,
	Group: "pool_ip", Summary: "Create a pool ip record",
	Body: "PoolIPRequest",
	Errors: []string{
		"iaas_pool_ip_create_101", "iaas_pool_ip_create_102", "iaas_pool_ip_create_103", "iaas_pool_ip_create_104",
		"iaas_pool_ip_create_105", "iaas_pool_ip_create_106", "iaas_pool_ip_create_107", "iaas_pool_ip_create_108",
		"iaas_pool_ip_create_201",
	},
}}

// ReadPoolIP is GET /pool_ip/{pk}/: Read one pool ip record.
var ReadPoolIP = op.Op[op.None, Content[PoolIP]]{Spec: op.Spec{
	ID: "poolIpRead", App: "iaas", Method: "GET", Path: "/pool_ip/{pk}/", Status: 200,
	Group: "pool_ip", Summary: "Read one pool ip record",
	Errors: []string{
		"iaas_pool_ip_read_001",
	},
}}

// HeadPoolIP is HEAD /pool_ip/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadPoolIP = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "poolIpHead", App: "iaas", Method: "HEAD", Path: "/pool_ip/{pk}/", Status: 200,
	Group: "pool_ip", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdatePoolIP is PUT /pool_ip/{pk}/: Update a pool ip record.
var UpdatePoolIP = op.Op[PoolIPRequest, Content[PoolIP]]{Spec: op.Spec{
	ID: "poolIpUpdate", App: "iaas", Method: "PUT", Path: "/pool_ip/{pk}/", Status: 200,
	Group: "pool_ip", Summary: "Update a pool ip record",
	Body: "PoolIPRequest",
	Errors: []string{
		"iaas_pool_ip_update_001", "iaas_pool_ip_update_101", "iaas_pool_ip_update_102", "iaas_pool_ip_update_103",
		"iaas_pool_ip_update_104", "iaas_pool_ip_update_105", "iaas_pool_ip_update_106", "iaas_pool_ip_update_107",
		"iaas_pool_ip_update_108", "iaas_pool_ip_update_201",
	},
}}

// PatchPoolIP is PATCH /pool_ip/{pk}/: Partially update a pool ip record (only sent fields are validated, where supported).
var PatchPoolIP = op.Op[PoolIPRequest, Content[PoolIP]]{Spec: op.Spec{
	ID: "poolIpPartialUpdate", App: "iaas", Method: "PATCH", Path: "/pool_ip/{pk}/", Status: 200,
	Group: "pool_ip", Summary: "Partially update a pool ip record (only sent fields are validated, where supported)",
	Body: "PoolIPRequest",
	Errors: []string{
		"iaas_pool_ip_update_001", "iaas_pool_ip_update_101", "iaas_pool_ip_update_102", "iaas_pool_ip_update_103",
		"iaas_pool_ip_update_104", "iaas_pool_ip_update_105", "iaas_pool_ip_update_106", "iaas_pool_ip_update_107",
		"iaas_pool_ip_update_108", "iaas_pool_ip_update_201",
	},
}}

// DeletePoolIP is DELETE /pool_ip/{pk}/: Delete a pool ip record.
var DeletePoolIP = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "poolIpDelete", App: "iaas", Method: "DELETE", Path: "/pool_ip/{pk}/", Status: 204,
	Group: "pool_ip", Summary: "Delete a pool ip record",
	Errors: []string{
		"iaas_pool_ip_delete_001", "iaas_pool_ip_delete_201",
	},
}}

// ListProject is GET /project/: List project records.
var ListProject = op.Op[op.None, Page[Project, ListMetadata]]{Spec: op.Spec{
	ID: "projectList", App: "iaas", Method: "GET", Path: "/project/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "project", Summary: "List project records",
	Orders: []string{"name", "region_id", "address_id", "created", "manager_id"},
	Filters: []op.Filter{
		{Name: "address_id", Kind: op.NumberOps},
		{Name: "archived", Kind: op.NumberOps},
		{Name: "closed"},
		{Name: "created", Kind: op.NumberOps},
		{Name: "grace_period", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "manager_id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "note", Kind: op.StringOps},
		{Name: "region_id", Kind: op.NumberOps},
		{Name: "reseller_id", Kind: op.NumberOps},
		{Name: "run_icarus"},
		{Name: "run_robot"},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_project_list_001",
	},
}}

// CreateProject is POST /project/: Create a project record.
var CreateProject = op.Op[ProjectCreate, Content[Project]]{Spec: op.Spec{
	ID: "projectCreate", App: "iaas", Method: "POST", Path: "/project/", Status: 201,
	Group: "project", Summary: "Create a project record",
	Body: "ProjectCreate",
	Errors: []string{
		"iaas_asn_create_101", "iaas_asn_create_102", "iaas_asn_create_103", "iaas_asn_create_104",
		"iaas_asn_create_201", "iaas_asn_create_202", "iaas_project_create_101", "iaas_project_create_102",
		"iaas_project_create_103", "iaas_project_create_104", "iaas_project_create_105", "iaas_project_create_106",
		"iaas_project_create_107", "iaas_project_create_108", "iaas_project_create_109", "iaas_project_create_201",
		"iaas_project_create_202", "iaas_virtual_router_create_101", "iaas_virtual_router_create_102", "iaas_virtual_router_create_103",
		"iaas_virtual_router_create_104", "iaas_virtual_router_create_105", "iaas_virtual_router_create_106", "iaas_virtual_router_create_107",
		"iaas_virtual_router_create_108", "iaas_virtual_router_create_109",
	},
}}

// ReadProject is GET /project/{pk}/: Read one project record.
var ReadProject = op.Op[op.None, Content[Project]]{Spec: op.Spec{
	ID: "projectRead", App: "iaas", Method: "GET", Path: "/project/{pk}/", Status: 200,
	Group: "project", Summary: "Read one project record",
	Errors: []string{
		"iaas_project_read_001", "iaas_project_read_201", "iaas_project_read_202", "iaas_project_read_203",
	},
}}

// HeadProject is HEAD /project/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadProject = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "projectHead", App: "iaas", Method: "HEAD", Path: "/project/{pk}/", Status: 200,
	Group: "project", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateProject is PUT /project/{pk}/: Update a project record.
var UpdateProject = op.Op[ProjectUpdate, Content[Project]]{Spec: op.Spec{
	ID: "projectUpdate", App: "iaas", Method: "PUT", Path: "/project/{pk}/", Status: 200,
	Group: "project", Summary: "Update a project record",
	Body: "ProjectUpdate",
	Errors: []string{
		"iaas_project_update_001", "iaas_project_update_101", "iaas_project_update_102", "iaas_project_update_103",
		"iaas_project_update_104", "iaas_project_update_105", "iaas_project_update_106", "iaas_project_update_107",
		"iaas_project_update_108", "iaas_project_update_109", "iaas_project_update_110", "iaas_project_update_111",
		"iaas_project_update_112", "iaas_project_update_113", "iaas_project_update_201", "iaas_project_update_202",
		"iaas_project_update_203",
	},
}}

// PatchProject is PATCH /project/{pk}/: Partially update a project record (only sent fields are validated, where supported).
var PatchProject = op.Op[ProjectPatch, Content[Project]]{Spec: op.Spec{
	ID: "projectPartialUpdate", App: "iaas", Method: "PATCH", Path: "/project/{pk}/", Status: 200,
	Group: "project", Summary: "Partially update a project record (only sent fields are validated, where supported)",
	Body: "ProjectPatch",
	Errors: []string{
		"iaas_project_update_001", "iaas_project_update_101", "iaas_project_update_102", "iaas_project_update_103",
		"iaas_project_update_104", "iaas_project_update_105", "iaas_project_update_106", "iaas_project_update_107",
		"iaas_project_update_108", "iaas_project_update_109", "iaas_project_update_110", "iaas_project_update_111",
		"iaas_project_update_112", "iaas_project_update_113", "iaas_project_update_201", "iaas_project_update_202",
		"iaas_project_update_203",
	},
}}

// ListPTRRecord is GET /ptr_record/: List ptr record records.
var ListPTRRecord = op.Op[op.None, Page[Record, ListMetadata]]{Spec: op.Spec{
	ID: "ptrRecordList", App: "iaas", Method: "GET", Path: "/ptr_record/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "ptr_record", Summary: "List ptr record records",
	Orders: []string{"name", "content", "type", "time_to_live", "priority", "domain", "created", "updated"},
	Filters: []op.Filter{
		{Name: "content", Kind: op.StringOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "domain", Kind: op.NumberOps},
		{Name: "failover", Kind: op.StringOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "ip_address", Kind: op.StringOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "time_to_live", Kind: op.NumberOps},
		{Name: "type", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_ptr_record_list_001",
	},
}}

// CreatePTRRecord is POST /ptr_record/: Create a ptr record record.
var CreatePTRRecord = op.Op[PTRRecordCreate, Content[Record]]{Spec: op.Spec{
	ID: "ptrRecordCreate", App: "iaas", Method: "POST", Path: "/ptr_record/", Status: 201,
	Group: "ptr_record", Summary: "Create a ptr record record",
	Body: "PTRRecordCreate",
	Errors: []string{
		"iaas_ptr_record_create_001", "iaas_ptr_record_create_002", "iaas_ptr_record_create_003", "iaas_ptr_record_create_004",
		"iaas_ptr_record_create_005", "iaas_ptr_record_create_006", "iaas_ptr_record_create_101", "iaas_ptr_record_create_102",
		"iaas_ptr_record_create_103", "iaas_ptr_record_create_104", "iaas_ptr_record_create_105", "iaas_ptr_record_create_106",
		"iaas_ptr_record_create_107", "iaas_ptr_record_create_108", "iaas_ptr_record_create_109", "iaas_ptr_record_create_201",
	},
}}

// ReadPTRRecord is GET /ptr_record/{pk}/: Read one ptr record record.
var ReadPTRRecord = op.Op[op.None, Content[Record]]{Spec: op.Spec{
	ID: "ptrRecordRead", App: "iaas", Method: "GET", Path: "/ptr_record/{pk}/", Status: 200,
	Group: "ptr_record", Summary: "Read one ptr record record",
	Errors: []string{
		"iaas_ptr_record_read_001",
	},
}}

// HeadPTRRecord is HEAD /ptr_record/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadPTRRecord = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "ptrRecordHead", App: "iaas", Method: "HEAD", Path: "/ptr_record/{pk}/", Status: 200,
	Group: "ptr_record", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdatePTRRecord is PUT /ptr_record/{pk}/: Update a ptr record record.
var UpdatePTRRecord = op.Op[PTRRecordUpdate, Content[Record]]{Spec: op.Spec{
	ID: "ptrRecordUpdate", App: "iaas", Method: "PUT", Path: "/ptr_record/{pk}/", Status: 200,
	Group: "ptr_record", Summary: "Update a ptr record record",
	Body: "PTRRecordUpdate",
	Errors: []string{
		"iaas_ptr_record_update_001", "iaas_ptr_record_update_002", "iaas_ptr_record_update_003", "iaas_ptr_record_update_101",
		"iaas_ptr_record_update_102", "iaas_ptr_record_update_103", "iaas_ptr_record_update_104", "iaas_ptr_record_update_105",
		"iaas_ptr_record_update_201",
	},
}}

// PatchPTRRecord is PATCH /ptr_record/{pk}/: Partially update a ptr record record (only sent fields are validated, where supported).
var PatchPTRRecord = op.Op[PTRRecordUpdate, Content[Record]]{Spec: op.Spec{
	ID: "ptrRecordPartialUpdate", App: "iaas", Method: "PATCH", Path: "/ptr_record/{pk}/", Status: 200,
	Group: "ptr_record", Summary: "Partially update a ptr record record (only sent fields are validated, where supported)",
	Body: "PTRRecordUpdate",
	Errors: []string{
		"iaas_ptr_record_update_001", "iaas_ptr_record_update_002", "iaas_ptr_record_update_003", "iaas_ptr_record_update_101",
		"iaas_ptr_record_update_102", "iaas_ptr_record_update_103", "iaas_ptr_record_update_104", "iaas_ptr_record_update_105",
		"iaas_ptr_record_update_201",
	},
}}

// DeletePTRRecord is DELETE /ptr_record/{pk}/: Delete a ptr record record.
var DeletePTRRecord = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "ptrRecordDelete", App: "iaas", Method: "DELETE", Path: "/ptr_record/{pk}/", Status: 204,
	Group: "ptr_record", Summary: "Delete a ptr record record",
	Errors: []string{
		"iaas_ptr_record_delete_001", "iaas_ptr_record_delete_002", "iaas_ptr_record_delete_003", "iaas_ptr_record_delete_201",
	},
}}

// ListRecord is GET /record/: List record records.
var ListRecord = op.Op[op.None, Page[Record, ListMetadata]]{Spec: op.Spec{
	ID: "recordList", App: "iaas", Method: "GET", Path: "/record/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "record", Summary: "List record records",
	Orders: []string{"name", "content", "type", "failover_content", "time_to_live", "failover", "priority", "domain", "created", "updated"},
	Filters: []op.Filter{
		{Name: "content", Kind: op.StringOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "domain", Kind: op.NumberOps},
		{Name: "failover", Kind: op.StringOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "time_to_live", Kind: op.NumberOps},
		{Name: "type", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_record_list_001",
	},
}}

// CreateRecord is POST /record/: Create a record record.
var CreateRecord = op.Op[RecordCreate, Content[Record]]{Spec: op.Spec{
	ID: "recordCreate", App: "iaas", Method: "POST", Path: "/record/", Status: 201,
	Group: "record", Summary: "Create a record record",
	Body: "RecordCreate",
	Errors: []string{
		"iaas_record_create_001", "iaas_record_create_002", "iaas_record_create_101", "iaas_record_create_102",
		"iaas_record_create_103", "iaas_record_create_104", "iaas_record_create_105", "iaas_record_create_106",
		"iaas_record_create_107", "iaas_record_create_108", "iaas_record_create_109", "iaas_record_create_110",
		"iaas_record_create_111", "iaas_record_create_112", "iaas_record_create_113", "iaas_record_create_114",
		"iaas_record_create_115", "iaas_record_create_116", "iaas_record_create_117", "iaas_record_create_201",
	},
}}

// ReadRecord is GET /record/{pk}/: Read one record record.
var ReadRecord = op.Op[op.None, Content[Record]]{Spec: op.Spec{
	ID: "recordRead", App: "iaas", Method: "GET", Path: "/record/{pk}/", Status: 200,
	Group: "record", Summary: "Read one record record",
	Errors: []string{
		"iaas_record_read_001", "iaas_record_read_201",
	},
}}

// HeadRecord is HEAD /record/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadRecord = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "recordHead", App: "iaas", Method: "HEAD", Path: "/record/{pk}/", Status: 200,
	Group: "record", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateRecord is PUT /record/{pk}/: Update a record record.
var UpdateRecord = op.Op[RecordUpdate, Content[Record]]{Spec: op.Spec{
	ID: "recordUpdate", App: "iaas", Method: "PUT", Path: "/record/{pk}/", Status: 200,
	Group: "record", Summary: "Update a record record",
	Body: "RecordUpdate",
	Errors: []string{
		"iaas_record_update_001", "iaas_record_update_002", "iaas_record_update_003", "iaas_record_update_101",
		"iaas_record_update_102", "iaas_record_update_103", "iaas_record_update_104", "iaas_record_update_105",
		"iaas_record_update_106", "iaas_record_update_107", "iaas_record_update_108", "iaas_record_update_109",
		"iaas_record_update_110", "iaas_record_update_111", "iaas_record_update_112", "iaas_record_update_113",
		"iaas_record_update_114", "iaas_record_update_201",
	},
}}

// PatchRecord is PATCH /record/{pk}/: Partially update a record record (only sent fields are validated, where supported).
var PatchRecord = op.Op[RecordUpdate, Content[Record]]{Spec: op.Spec{
	ID: "recordPartialUpdate", App: "iaas", Method: "PATCH", Path: "/record/{pk}/", Status: 200,
	Group: "record", Summary: "Partially update a record record (only sent fields are validated, where supported)",
	Body: "RecordUpdate",
	Errors: []string{
		"iaas_record_update_001", "iaas_record_update_002", "iaas_record_update_003", "iaas_record_update_101",
		"iaas_record_update_102", "iaas_record_update_103", "iaas_record_update_104", "iaas_record_update_105",
		"iaas_record_update_106", "iaas_record_update_107", "iaas_record_update_108", "iaas_record_update_109",
		"iaas_record_update_110", "iaas_record_update_111", "iaas_record_update_112", "iaas_record_update_113",
		"iaas_record_update_114", "iaas_record_update_201",
	},
}}

// DeleteRecord is DELETE /record/{pk}/: Delete a record record.
var DeleteRecord = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "recordDelete", App: "iaas", Method: "DELETE", Path: "/record/{pk}/", Status: 204,
	Group: "record", Summary: "Delete a record record",
	Errors: []string{
		"iaas_record_delete_001", "iaas_record_delete_002", "iaas_record_delete_003", "iaas_record_delete_201",
	},
}}

// CreateRegionImage is POST /region_image/: Add to the caller's region.
var CreateRegionImage = op.Op[RegionImageCreate, op.None]{Spec: op.Spec{
	ID: "regionImageCreate", App: "iaas", Method: "POST", Path: "/region_image/", Status: 201,
	Group: "region_image", Summary: "Add to the caller's region",
	Body: "RegionImageCreate",
	Errors: []string{
		"iaas_region_image_create_101", "iaas_region_image_create_102", "iaas_region_image_create_103", "iaas_region_image_create_104",
		"iaas_region_image_create_201",
	},
}}

// UpdateRegionImage is PUT /region_image/{image_id}/: Remove from the caller's region (the client documentation calls this update; the reference server answers 405).
var UpdateRegionImage = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "regionImageUpdate", App: "iaas", Method: "PUT", Path: "/region_image/{image_id}/", Status: 204,
	Group: "region_image", Summary: "Remove from the caller's region (the client documentation calls this update; the reference server answers 405)",
	Errors: []string{
		"iaas_region_image_delete_001",
	},
}}

// DeleteRegionImage is DELETE /region_image/{image_id}/: Remove from the caller's region.
var DeleteRegionImage = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "regionImageDelete", App: "iaas", Method: "DELETE", Path: "/region_image/{image_id}/", Status: 204,
	Group: "region_image", Summary: "Remove from the caller's region",
	Errors: []string{
		"iaas_region_image_delete_001",
	},
}}

// CreateRegionStorageType is POST /region_storage_type/: Add to the caller's region.
var CreateRegionStorageType = op.Op[RegionStorageTypeCreate, op.None]{Spec: op.Spec{
	ID: "regionStorageTypeCreate", App: "iaas", Method: "POST", Path: "/region_storage_type/", Status: 201,
	Group: "region_storage_type", Summary: "Add to the caller's region",
	Body: "RegionStorageTypeCreate",
	Errors: []string{
		"iaas_region_storage_type_create_101", "iaas_region_storage_type_create_102", "iaas_region_storage_type_create_103", "iaas_region_storage_type_create_104",
		"iaas_region_storage_type_create_201",
	},
}}

// UpdateRegionStorageType is PUT /region_storage_type/{storage_type_id}/: Remove from the caller's region (the client documentation calls this update; the reference server answers 405).
var UpdateRegionStorageType = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "regionStorageTypeUpdate", App: "iaas", Method: "PUT", Path: "/region_storage_type/{storage_type_id}/", Status: 204,
	Group: "region_storage_type", Summary: "Remove from the caller's region (the client documentation calls this update; the reference server answers 405)",
	Errors: []string{
		"iaas_region_storage_type_delete_001",
	},
}}

// DeleteRegionStorageType is DELETE /region_storage_type/{storage_type_id}/: Remove from the caller's region.
var DeleteRegionStorageType = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "regionStorageTypeDelete", App: "iaas", Method: "DELETE", Path: "/region_storage_type/{storage_type_id}/", Status: 204,
	Group: "region_storage_type", Summary: "Remove from the caller's region",
	Errors: []string{
		"iaas_region_storage_type_delete_001",
	},
}}

// ListRouter is GET /router/: List router records.
var ListRouter = op.Op[op.None, Page[Router, ListMetadata]]{Spec: op.Spec{
	ID: "routerList", App: "iaas", Method: "GET", Path: "/router/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "router", Summary: "List router records",
	Orders: []string{"region_id", "asset_tag", "capacity", "created"},
	Filters: []op.Filter{
		{Name: "asset_tag", Kind: op.NumberOps},
		{Name: "capacity", Kind: op.NumberOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "enabled"},
		{Name: "id", Kind: op.NumberOps},
		{Name: "region_id", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_router_list_001", "iaas_router_list_201",
	},
}}

// CreateRouter is POST /router/: Create a router record.
var CreateRouter = op.Op[RouterCreate, Content[Router]]{Spec: op.Spec{
	ID: "routerCreate", App: "iaas", Method: "POST", Path: "/router/", Status: 201,
	Group: "router", Summary: "Create a router record",
	Body: "RouterCreate",
	Errors: []string{
		"iaas_router_create_101", "iaas_router_create_102", "iaas_router_create_103", "iaas_router_create_104",
		"iaas_router_create_105", "iaas_router_create_106", "iaas_router_create_107", "iaas_router_create_108",
		"iaas_router_create_109", "iaas_router_create_110", "iaas_router_create_111", "iaas_router_create_112",
		"iaas_router_create_113", "iaas_router_create_114", "iaas_router_create_115", "iaas_router_create_116",
		"iaas_router_create_117", "iaas_router_create_118", "iaas_router_create_119", "iaas_router_create_120",
		"iaas_router_create_121", "iaas_router_create_122", "iaas_router_create_123", "iaas_router_create_124",
		"iaas_router_create_125", "iaas_router_create_126", "iaas_router_create_127", "iaas_router_create_128",
		"iaas_router_create_129", "iaas_router_create_130", "iaas_router_create_201",
	},
}}

// ReadRouter is GET /router/{pk}/: Read one router record.
var ReadRouter = op.Op[op.None, Content[Router]]{Spec: op.Spec{
	ID: "routerRead", App: "iaas", Method: "GET", Path: "/router/{pk}/", Status: 200,
	Group: "router", Summary: "Read one router record",
	Errors: []string{
		"iaas_router_read_001", "iaas_router_read_201",
	},
}}

// HeadRouter is HEAD /router/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadRouter = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "routerHead", App: "iaas", Method: "HEAD", Path: "/router/{pk}/", Status: 200,
	Group: "router", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateRouter is PUT /router/{pk}/: Update a router record.
var UpdateRouter = op.Op[RouterUpdate, Content[Router]]{Spec: op.Spec{
	ID: "routerUpdate", App: "iaas", Method: "PUT", Path: "/router/{pk}/", Status: 200,
	Group: "router", Summary: "Update a router record",
	Body: "RouterUpdate",
	Errors: []string{
		"iaas_router_update_001", "iaas_router_update_101", "iaas_router_update_102", "iaas_router_update_103",
		"iaas_router_update_104", "iaas_router_update_105", "iaas_router_update_106", "iaas_router_update_107",
		"iaas_router_update_108", "iaas_router_update_109", "iaas_router_update_110", "iaas_router_update_111",
		"iaas_router_update_112", "iaas_router_update_113", "iaas_router_update_114", "iaas_router_update_115",
		"iaas_router_update_116", "iaas_router_update_117", "iaas_router_update_118", "iaas_router_update_119",
		"iaas_router_update_120", "iaas_router_update_121", "iaas_router_update_122", "iaas_router_update_123",
		"iaas_router_update_124", "iaas_router_update_125", "iaas_router_update_126", "iaas_router_update_127",
		"iaas_router_update_128", "iaas_router_update_129", "iaas_router_update_130", "iaas_router_update_131",
		"iaas_router_update_132", "iaas_router_update_201",
	},
}}

// PatchRouter is PATCH /router/{pk}/: Partially update a router record (only sent fields are validated, where supported).
var PatchRouter = op.Op[RouterUpdate, Content[Router]]{Spec: op.Spec{
	ID: "routerPartialUpdate", App: "iaas", Method: "PATCH", Path: "/router/{pk}/", Status: 200,
	Group: "router", Summary: "Partially update a router record (only sent fields are validated, where supported)",
	Body: "RouterUpdate",
	Errors: []string{
		"iaas_router_update_001", "iaas_router_update_101", "iaas_router_update_102", "iaas_router_update_103",
		"iaas_router_update_104", "iaas_router_update_105", "iaas_router_update_106", "iaas_router_update_107",
		"iaas_router_update_108", "iaas_router_update_109", "iaas_router_update_110", "iaas_router_update_111",
		"iaas_router_update_112", "iaas_router_update_113", "iaas_router_update_114", "iaas_router_update_115",
		"iaas_router_update_116", "iaas_router_update_117", "iaas_router_update_118", "iaas_router_update_119",
		"iaas_router_update_120", "iaas_router_update_121", "iaas_router_update_122", "iaas_router_update_123",
		"iaas_router_update_124", "iaas_router_update_125", "iaas_router_update_126", "iaas_router_update_127",
		"iaas_router_update_128", "iaas_router_update_129", "iaas_router_update_130", "iaas_router_update_131",
		"iaas_router_update_132", "iaas_router_update_201",
	},
}}

// ListRunRobot is GET /run_robot/: Work lists for the robot of the caller's region.
var ListRunRobot = op.Op[op.None, Content[RunRobot]]{Spec: op.Spec{
	ID: "runRobotList", App: "iaas", Method: "GET", Path: "/run_robot/", Status: 200,
	Group: "run_robot", Summary: "Work lists for the robot of the caller's region",
	Errors: []string{
		"iaas_run_robot_list_201",
	},
}}

// CreateRunRobot is POST /run_robot/: Turn the run_robot flag off for projects.
var CreateRunRobot = op.Op[RunRobotTurnOff, op.None]{Spec: op.Spec{
	ID: "runRobotCreate", App: "iaas", Method: "POST", Path: "/run_robot/", Status: 200,
	Group: "run_robot", Summary: "Turn the run_robot flag off for projects",
	Body: "RunRobotTurnOff",
	Errors: []string{
		"iaas_run_robot_turn_off_101", "iaas_run_robot_turn_off_102", "iaas_run_robot_turn_off_103", "iaas_run_robot_turn_off_104",
		"iaas_run_robot_turn_off_201",
	},
}}

// ListServer is GET /server/: List server records.
var ListServer = op.Op[op.None, Page[Server, ListMetadata]]{Spec: op.Spec{
	ID: "serverList", App: "iaas", Method: "GET", Path: "/server/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "server", Summary: "List server records",
	Orders: []string{"region_id", "asset_tag", "created", "enabled", "model", "type__name"},
	Filters: []op.Filter{
		{Name: "asset_tag", Kind: op.NumberOps},
		{Name: "cores", Kind: op.NumberOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "enabled"},
		{Name: "gb", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "interfaces__ip_address", Kind: op.StringOps},
		{Name: "model", Kind: op.StringOps},
		{Name: "ram", Kind: op.NumberOps},
		{Name: "region_id", Kind: op.NumberOps},
		{Name: "storage_type__name", Kind: op.StringOps},
		{Name: "type__name", Kind: op.StringOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_server_list_001", "iaas_server_list_201",
	},
}}

// CreateServer is POST /server/: Create a server record.
var CreateServer = op.Op[ServerCreate, Content[Server]]{Spec: op.Spec{
	ID: "serverCreate", App: "iaas", Method: "POST", Path: "/server/", Status: 201,
	Group: "server", Summary: "Create a server record",
	Body: "ServerCreate",
	Errors: []string{
		"iaas_server_create_101", "iaas_server_create_102", "iaas_server_create_103", "iaas_server_create_104",
		"iaas_server_create_105", "iaas_server_create_106", "iaas_server_create_107", "iaas_server_create_108",
		"iaas_server_create_109", "iaas_server_create_110", "iaas_server_create_111", "iaas_server_create_112",
		"iaas_server_create_113", "iaas_server_create_114", "iaas_server_create_115", "iaas_server_create_116",
		"iaas_server_create_117", "iaas_server_create_118", "iaas_server_create_201",
	},
}}

// ReadServer is GET /server/{pk}/: Read one server record.
var ReadServer = op.Op[op.None, Content[Server]]{Spec: op.Spec{
	ID: "serverRead", App: "iaas", Method: "GET", Path: "/server/{pk}/", Status: 200,
	Group: "server", Summary: "Read one server record",
	Errors: []string{
		"iaas_server_read_001", "iaas_server_read_201",
	},
}}

// HeadServer is HEAD /server/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadServer = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "serverHead", App: "iaas", Method: "HEAD", Path: "/server/{pk}/", Status: 200,
	Group: "server", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateServer is PUT /server/{pk}/: Update a server record.
var UpdateServer = op.Op[ServerUpdate, Content[Server]]{Spec: op.Spec{
	ID: "serverUpdate", App: "iaas", Method: "PUT", Path: "/server/{pk}/", Status: 200,
	Group: "server", Summary: "Update a server record",
	Body: "ServerUpdate",
	Errors: []string{
		"iaas_server_update_001", "iaas_server_update_101", "iaas_server_update_102", "iaas_server_update_103",
		"iaas_server_update_104", "iaas_server_update_105", "iaas_server_update_106", "iaas_server_update_107",
		"iaas_server_update_108", "iaas_server_update_109", "iaas_server_update_110", "iaas_server_update_111",
		"iaas_server_update_112", "iaas_server_update_113", "iaas_server_update_201",
	},
}}

// PatchServer is PATCH /server/{pk}/: Partially update a server record (only sent fields are validated, where supported).
var PatchServer = op.Op[ServerUpdate, Content[Server]]{Spec: op.Spec{
	ID: "serverPartialUpdate", App: "iaas", Method: "PATCH", Path: "/server/{pk}/", Status: 200,
	Group: "server", Summary: "Partially update a server record (only sent fields are validated, where supported)",
	Body: "ServerUpdate",
	Errors: []string{
		"iaas_server_update_001", "iaas_server_update_101", "iaas_server_update_102", "iaas_server_update_103",
		"iaas_server_update_104", "iaas_server_update_105", "iaas_server_update_106", "iaas_server_update_107",
		"iaas_server_update_108", "iaas_server_update_109", "iaas_server_update_110", "iaas_server_update_111",
		"iaas_server_update_112", "iaas_server_update_113", "iaas_server_update_201",
	},
}}

// ListServerType is GET /server_type/: List server type records.
var ListServerType = op.Op[op.None, Page[ServerType, ListMetadata]]{Spec: op.Spec{
	ID: "serverTypeList", App: "iaas", Method: "GET", Path: "/server_type/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "server_type", Summary: "List server type records",
	Orders: []string{"id"},
	Filters: []op.Filter{
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
	},
	Errors: []string{
		"iaas_server_type_list_001",
	},
}}

// ReadServerType is GET /server_type/{pk}/: Read one server type record.
var ReadServerType = op.Op[op.None, Content[ServerType]]{Spec: op.Spec{
	ID: "serverTypeRead", App: "iaas", Method: "GET", Path: "/server_type/{pk}/", Status: 200,
	Group: "server_type", Summary: "Read one server type record",
	Errors: []string{
		"iaas_server_type_read_001",
	},
}}

// HeadServerType is HEAD /server_type/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadServerType = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "serverTypeHead", App: "iaas", Method: "HEAD", Path: "/server_type/{pk}/", Status: 200,
	Group: "server_type", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// ListSnapshot is GET /snapshot/: List snapshot records.
var ListSnapshot = op.Op[op.None, Page[Snapshot, ListMetadata]]{Spec: op.Spec{
	ID: "snapshotList", App: "iaas", Method: "GET", Path: "/snapshot/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "snapshot", Summary: "List snapshot records",
	Orders: []string{"id", "name", "active", "created", "parent_id", "state", "vm_id"},
	Filters: []op.Filter{
		{Name: "active"},
		{Name: "created", Kind: op.StringOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "parent_id", Kind: op.NumberOps},
		{Name: "remove_subtree"},
		{Name: "state", Kind: op.NumberOps},
		{Name: "vm__name", Kind: op.StringOps},
		{Name: "vm__project__address_id", Kind: op.NumberOps},
		{Name: "vm__project__name", Kind: op.StringOps},
		{Name: "vm__project__region_id", Kind: op.NumberOps},
		{Name: "vm__project_id", Kind: op.NumberOps},
		{Name: "vm__server_id", Kind: op.NumberOps},
		{Name: "vm_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_snapshot_list_001",
	},
}}

// CreateSnapshot is POST /snapshot/: Create a snapshot record.
var CreateSnapshot = op.Op[SnapshotCreate, Content[Snapshot]]{Spec: op.Spec{
	ID: "snapshotCreate", App: "iaas", Method: "POST", Path: "/snapshot/", Status: 201,
	Group: "snapshot", Summary: "Create a snapshot record",
	Body: "SnapshotCreate",
	Errors: []string{
		"iaas_snapshot_create_001", "iaas_snapshot_create_002", "iaas_snapshot_create_101", "iaas_snapshot_create_102",
		"iaas_snapshot_create_103", "iaas_snapshot_create_104", "iaas_snapshot_create_105", "iaas_snapshot_create_106",
		"iaas_snapshot_create_107", "iaas_snapshot_create_201", "iaas_snapshot_create_202",
	},
}}

// ReadSnapshot is GET /snapshot/{pk}/: Read one snapshot record.
var ReadSnapshot = op.Op[op.None, Content[Snapshot]]{Spec: op.Spec{
	ID: "snapshotRead", App: "iaas", Method: "GET", Path: "/snapshot/{pk}/", Status: 200,
	Group: "snapshot", Summary: "Read one snapshot record",
	Errors: []string{
		"iaas_snapshot_read_001", "iaas_snapshot_read_201", "iaas_snapshot_read_202", "iaas_snapshot_read_203",
	},
}}

// HeadSnapshot is HEAD /snapshot/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadSnapshot = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "snapshotHead", App: "iaas", Method: "HEAD", Path: "/snapshot/{pk}/", Status: 200,
	Group: "snapshot", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateSnapshot is PUT /snapshot/{pk}/: Update a snapshot record.
var UpdateSnapshot = op.Op[SnapshotUpdate, Content[Snapshot]]{Spec: op.Spec{
	ID: "snapshotUpdate", App: "iaas", Method: "PUT", Path: "/snapshot/{pk}/", Status: 200,
	Group: "snapshot", Summary: "Update a snapshot record",
	Body: "SnapshotUpdate",
	Errors: []string{
		"iaas_snapshot_update_001", "iaas_snapshot_update_002", "iaas_snapshot_update_003", "iaas_snapshot_update_101",
		"iaas_snapshot_update_102", "iaas_snapshot_update_103", "iaas_snapshot_update_104", "iaas_snapshot_update_105",
		"iaas_snapshot_update_106", "iaas_snapshot_update_107", "iaas_snapshot_update_108", "iaas_snapshot_update_109",
		"iaas_snapshot_update_110", "iaas_snapshot_update_201", "iaas_snapshot_update_202", "iaas_snapshot_update_203",
	},
}}

// PatchSnapshot is PATCH /snapshot/{pk}/: Partially update a snapshot record (only sent fields are validated, where supported).
var PatchSnapshot = op.Op[SnapshotUpdate, Content[Snapshot]]{Spec: op.Spec{
	ID: "snapshotPartialUpdate", App: "iaas", Method: "PATCH", Path: "/snapshot/{pk}/", Status: 200,
	Group: "snapshot", Summary: "Partially update a snapshot record (only sent fields are validated, where supported)",
	Body: "SnapshotUpdate",
	Errors: []string{
		"iaas_snapshot_update_001", "iaas_snapshot_update_002", "iaas_snapshot_update_003", "iaas_snapshot_update_101",
		"iaas_snapshot_update_102", "iaas_snapshot_update_103", "iaas_snapshot_update_104", "iaas_snapshot_update_105",
		"iaas_snapshot_update_106", "iaas_snapshot_update_107", "iaas_snapshot_update_108", "iaas_snapshot_update_109",
		"iaas_snapshot_update_110", "iaas_snapshot_update_201", "iaas_snapshot_update_202", "iaas_snapshot_update_203",
	},
}}

// ListSnapshotHistory is GET /snapshot_history/: List snapshot history.
var ListSnapshotHistory = op.Op[op.None, Page[SnapshotHistory, ListMetadata]]{Spec: op.Spec{
	ID: "snapshotHistoryList", App: "iaas", Method: "GET", Path: "/snapshot_history/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "snapshot_history", Summary: "List snapshot history",
	Orders: []string{"created"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "customer_address", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "modified_by", Kind: op.NumberOps},
		{Name: "project_id", Kind: op.NumberOps},
		{Name: "snapshot_id", Kind: op.NumberOps},
		{Name: "vm_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_snapshot_history_list_001",
	},
}}

// ReadSnapshotTree is GET /snapshot_tree/{vm_id}/: Snapshot tree of a VM.
var ReadSnapshotTree = op.Op[op.None, Content[SnapshotTree]]{Spec: op.Spec{
	ID: "snapshotTreeRead", App: "iaas", Method: "GET", Path: "/snapshot_tree/{vm_id}/", Status: 200,
	Group: "snapshot_tree", Summary: "Snapshot tree of a VM",
	Errors: []string{
		"iaas_snapshot_tree_read_001", "iaas_snapshot_tree_read_201", "iaas_snapshot_tree_read_202",
	},
}}

// ListStorageType is GET /storage_type/: List storage type records.
var ListStorageType = op.Op[op.None, Page[StorageType, ListMetadata]]{Spec: op.Spec{
	ID: "storageTypeList", App: "iaas", Method: "GET", Path: "/storage_type/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "storage_type", Summary: "List storage type records",
	Orders: []string{"id"},
	Filters: []op.Filter{
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "regions__region", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_storage_type_list_001",
	},
}}

// ReadStorageType is GET /storage_type/{pk}/: Read one storage type record.
var ReadStorageType = op.Op[op.None, Content[StorageType]]{Spec: op.Spec{
	ID: "storageTypeRead", App: "iaas", Method: "GET", Path: "/storage_type/{pk}/", Status: 200,
	Group: "storage_type", Summary: "Read one storage type record",
	Errors: []string{
		"iaas_storage_type_read_001",
	},
}}

// HeadStorageType is HEAD /storage_type/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadStorageType = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "storageTypeHead", App: "iaas", Method: "HEAD", Path: "/storage_type/{pk}/", Status: 200,
	Group: "storage_type", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateStorageType is PUT /storage_type/{pk}/: Update a storage type record.
var UpdateStorageType = op.Op[RegionsRequest, Content[StorageType]]{Spec: op.Spec{
	ID: "storageTypeUpdate", App: "iaas", Method: "PUT", Path: "/storage_type/{pk}/", Status: 200,
	Group: "storage_type", Summary: "Update a storage type record",
	Body: "RegionsRequest",
	Errors: []string{
		"iaas_storage_type_update_001", "iaas_storage_type_update_101", "iaas_storage_type_update_102", "iaas_storage_type_update_103",
		"iaas_storage_type_update_104", "iaas_storage_type_update_105", "iaas_storage_type_update_106", "iaas_storage_type_update_201",
	},
}}

// PatchStorageType is PATCH /storage_type/{pk}/: Partially update a storage type record (only sent fields are validated, where supported).
var PatchStorageType = op.Op[RegionsPatch, Content[StorageType]]{Spec: op.Spec{
	ID: "storageTypePartialUpdate", App: "iaas", Method: "PATCH", Path: "/storage_type/{pk}/", Status: 200,
	Group: "storage_type", Summary: "Partially update a storage type record (only sent fields are validated, where supported)",
	Body: "RegionsPatch",
	Errors: []string{
		"iaas_storage_type_update_001", "iaas_storage_type_update_101", "iaas_storage_type_update_102", "iaas_storage_type_update_103",
		"iaas_storage_type_update_104", "iaas_storage_type_update_105", "iaas_storage_type_update_106", "iaas_storage_type_update_201",
	},
}}

// ListSubnet is GET /subnet/: List subnet records.
var ListSubnet = op.Op[op.None, Page[Subnet, ListMetadata]]{Spec: op.Spec{
	ID: "subnetList", App: "iaas", Method: "GET", Path: "/subnet/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "subnet", Summary: "List subnet records",
	Orders: []string{"address_range", "address_id", "created", "name", "updated", "vlan", "vxlan"},
	Filters: []op.Filter{
		{Name: "address_id", Kind: op.NumberOps},
		{Name: "address_range", Kind: op.StringOps},
		{Name: "allocation__asn__member_id", Kind: op.NumberOps},
		{Name: "allocation__asn__number", Kind: op.NumberOps},
		{Name: "allocation_id", Ops: []string{"in"}},
		{Name: "created", Kind: op.NumberOps},
		{Name: "gateway", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "parent_id", Ops: []string{"in", "isnull"}},
		{Name: "updated", Kind: op.NumberOps},
		{Name: "virtual_router_id", Kind: op.NumberOps},
		{Name: "vlan", Kind: op.NumberOps},
		{Name: "vxlan", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_subnet_list_001", "iaas_subnet_list_002",
	},
}}

// CreateSubnet is POST /subnet/: Create a subnet record.
var CreateSubnet = op.Op[SubnetCreate, Content[Subnet]]{Spec: op.Spec{
	ID: "subnetCreate", App: "iaas", Method: "POST", Path: "/subnet/", Status: 201,
	Group: "subnet", Summary: "Create a subnet record",
	Body: "SubnetCreate",
	Errors: []string{
		"iaas_subnet_create_101", "iaas_subnet_create_102", "iaas_subnet_create_103", "iaas_subnet_create_104",
		"iaas_subnet_create_105", "iaas_subnet_create_106", "iaas_subnet_create_107", "iaas_subnet_create_108",
		"iaas_subnet_create_109", "iaas_subnet_create_110", "iaas_subnet_create_111", "iaas_subnet_create_112",
		"iaas_subnet_create_113", "iaas_subnet_create_114", "iaas_subnet_create_115", "iaas_subnet_create_116",
		"iaas_subnet_create_117", "iaas_subnet_create_118", "iaas_subnet_create_119", "iaas_subnet_create_120",
		"iaas_subnet_create_121", "iaas_subnet_create_122", "iaas_subnet_create_123", "iaas_subnet_create_124",
		"iaas_subnet_create_125", "iaas_subnet_create_126", "iaas_subnet_create_201",
	},
}}

// ReadSubnet is GET /subnet/{pk}/: Read one subnet record.
var ReadSubnet = op.Op[op.None, Content[Subnet]]{Spec: op.Spec{
	ID: "subnetRead", App: "iaas", Method: "GET", Path: "/subnet/{pk}/", Status: 200,
	Group: "subnet", Summary: "Read one subnet record",
	Errors: []string{
		"iaas_subnet_read_001", "iaas_subnet_read_201", "iaas_subnet_read_202", "iaas_subnet_read_203",
		"iaas_subnet_read_204", "iaas_subnet_read_205",
	},
}}

// HeadSubnet is HEAD /subnet/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadSubnet = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "subnetHead", App: "iaas", Method: "HEAD", Path: "/subnet/{pk}/", Status: 200,
	Group: "subnet", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateSubnet is PUT /subnet/{pk}/: Update a subnet record.
var UpdateSubnet = op.Op[SubnetUpdate, Content[Subnet]]{Spec: op.Spec{
	ID: "subnetUpdate", App: "iaas", Method: "PUT", Path: "/subnet/{pk}/", Status: 200,
	Group: "subnet", Summary: "Update a subnet record",
	Body: "SubnetUpdate",
	Errors: []string{
		"iaas_subnet_update_001", "iaas_subnet_update_101", "iaas_subnet_update_102", "iaas_subnet_update_103",
		"iaas_subnet_update_104", "iaas_subnet_update_105", "iaas_subnet_update_106", "iaas_subnet_update_107",
		"iaas_subnet_update_108", "iaas_subnet_update_109", "iaas_subnet_update_110", "iaas_subnet_update_111",
		"iaas_subnet_update_112", "iaas_subnet_update_113", "iaas_subnet_update_114", "iaas_subnet_update_115",
		"iaas_subnet_update_116", "iaas_subnet_update_117", "iaas_subnet_update_118", "iaas_subnet_update_119",
		"iaas_subnet_update_120", "iaas_subnet_update_121", "iaas_subnet_update_122", "iaas_subnet_update_123",
		"iaas_subnet_update_124", "iaas_subnet_update_125", "iaas_subnet_update_201", "iaas_subnet_update_202",
		"iaas_subnet_update_203", "iaas_subnet_update_204",
	},
}}

// PatchSubnet is PATCH /subnet/{pk}/: Partially update a subnet record (only sent fields are validated, where supported).
var PatchSubnet = op.Op[SubnetPatch, Content[Subnet]]{Spec: op.Spec{
	ID: "subnetPartialUpdate", App: "iaas", Method: "PATCH", Path: "/subnet/{pk}/", Status: 200,
	Group: "subnet", Summary: "Partially update a subnet record (only sent fields are validated, where supported)",
	Body: "SubnetPatch",
	Errors: []string{
		"iaas_subnet_update_001", "iaas_subnet_update_101", "iaas_subnet_update_102", "iaas_subnet_update_103",
		"iaas_subnet_update_104", "iaas_subnet_update_105", "iaas_subnet_update_106", "iaas_subnet_update_107",
		"iaas_subnet_update_108", "iaas_subnet_update_109", "iaas_subnet_update_110", "iaas_subnet_update_111",
		"iaas_subnet_update_112", "iaas_subnet_update_113", "iaas_subnet_update_114", "iaas_subnet_update_115",
		"iaas_subnet_update_116", "iaas_subnet_update_117", "iaas_subnet_update_118", "iaas_subnet_update_119",
		"iaas_subnet_update_120", "iaas_subnet_update_121", "iaas_subnet_update_122", "iaas_subnet_update_123",
		"iaas_subnet_update_124", "iaas_subnet_update_125", "iaas_subnet_update_201", "iaas_subnet_update_202",
		"iaas_subnet_update_203", "iaas_subnet_update_204",
	},
}}

// DeleteSubnet is DELETE /subnet/{pk}/: Delete a subnet record.
var DeleteSubnet = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "subnetDelete", App: "iaas", Method: "DELETE", Path: "/subnet/{pk}/", Status: 204,
	Group: "subnet", Summary: "Delete a subnet record",
	Errors: []string{
		"iaas_subnet_delete_001", "iaas_subnet_delete_201", "iaas_subnet_delete_202", "iaas_subnet_delete_203",
		"iaas_subnet_delete_204", "iaas_subnet_delete_205", "iaas_subnet_delete_206",
	},
}}

// ListSubnetSpace is GET /subnet_space/{allocation_id}/: Used and free subnets of an allocation.
var ListSubnetSpace = op.Op[op.None, Page[SubnetSpace, SubnetSpaceMetadata]]{Spec: op.Spec{
	ID: "subnetSpaceList", App: "iaas", Method: "GET", Path: "/subnet_space/{allocation_id}/", Status: 200,
	Query: []string{"page", "limit", "search"},
	Group: "subnet_space", Summary: "Used and free subnets of an allocation",
	Orders: []string{"address_range"},
	Filters: []op.Filter{
		{Name: "space_type", Kind: op.StringOps},
	},
	Errors: []string{
		"iaas_subnet_space_list_001",
	},
}}

// ListMembershipUser is GET /user/: List user records.
var ListMembershipUser = op.Op[op.None, Page[User, ListMetadata]]{Spec: op.Spec{
	ID: "membershipUserList", App: "membership", Method: "GET", Path: "/user/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "membership", Summary: "List user records",
	Orders: []string{"id", "email", "surname", "created"},
	Filters: []op.Filter{
		{Name: "address_id", Kind: op.NumberOps},
		{Name: "administrator"},
		{Name: "email", Kind: op.StringOps},
		{Name: "first_name", Kind: op.StringOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "member_id", Kind: op.NumberOps},
		{Name: "robot"},
		{Name: "surname", Kind: op.StringOps},
	},
	Errors: []string{
		"membership_user_list_001",
	},
}}

// ReadMembershipUser is GET /user/{pk}/: Read one user record.
var ReadMembershipUser = op.Op[op.None, Content[User]]{Spec: op.Spec{
	ID: "membershipUserRead", App: "membership", Method: "GET", Path: "/user/{pk}/", Status: 200,
	Group: "membership", Summary: "Read one user record",
	Errors: []string{
		"membership_user_read_001", "membership_user_read_201", "membership_user_read_202", "membership_user_read_203",
		"membership_user_read_204",
	},
}}

// ListVirtualRouter is GET /virtual_router/: List virtual router records.
var ListVirtualRouter = op.Op[op.None, Page[VirtualRouter, ListMetadata]]{Spec: op.Spec{
	ID: "virtualRouterList", App: "iaas", Method: "GET", Path: "/virtual_router/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude", "include_related"},
	Group: "virtual_router", Summary: "List virtual router records",
	Orders: []string{"project__name", "created", "project__address_id", "project_id", "project__region_id", "state"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "ip_address_id", Kind: op.NumberOps},
		{Name: "project__address_id", Kind: op.NumberOps},
		{Name: "project__name", Kind: op.StringOps},
		{Name: "project__region_id", Kind: op.NumberOps},
		{Name: "project_id", Kind: op.NumberOps},
		{Name: "state", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_virtual_router_list_001",
	},
}}

// ReadVirtualRouter is GET /virtual_router/{pk}/: Read one virtual router record.
var ReadVirtualRouter = op.Op[op.None, Content[VirtualRouter]]{Spec: op.Spec{
	ID: "virtualRouterRead", App: "iaas", Method: "GET", Path: "/virtual_router/{pk}/", Status: 200,
	Group: "virtual_router", Summary: "Read one virtual router record",
	Errors: []string{
		"iaas_virtual_router_read_001", "iaas_virtual_router_read_201", "iaas_virtual_router_read_202", "iaas_virtual_router_read_203",
	},
}}

// HeadVirtualRouter is HEAD /virtual_router/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadVirtualRouter = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "virtualRouterHead", App: "iaas", Method: "HEAD", Path: "/virtual_router/{pk}/", Status: 200,
	Group: "virtual_router", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateVirtualRouter is PUT /virtual_router/{pk}/: Update a virtual router record.
var UpdateVirtualRouter = op.Op[VirtualRouterUpdate, Content[VirtualRouter]]{Spec: op.Spec{
	ID: "virtualRouterUpdate", App: "iaas", Method: "PUT", Path: "/virtual_router/{pk}/", Status: 200,
	Group: "virtual_router", Summary: "Update a virtual router record",
	Body: "VirtualRouterUpdate",
	Errors: []string{
		"iaas_subnet_create_101", "iaas_subnet_create_102", "iaas_subnet_create_103", "iaas_subnet_create_104",
		"iaas_subnet_create_105", "iaas_subnet_create_106", "iaas_subnet_create_107", "iaas_subnet_create_108",
		"iaas_subnet_create_109", "iaas_subnet_create_110", "iaas_subnet_create_111", "iaas_subnet_create_112",
		"iaas_subnet_create_113", "iaas_subnet_create_114", "iaas_subnet_create_115", "iaas_subnet_create_116",
		"iaas_subnet_create_117", "iaas_subnet_create_118", "iaas_subnet_create_119", "iaas_subnet_create_120",
		"iaas_subnet_create_121", "iaas_subnet_create_122", "iaas_subnet_create_123", "iaas_subnet_create_124",
		"iaas_subnet_create_125", "iaas_subnet_create_126", "iaas_subnet_create_201", "iaas_subnet_update_001",
		"iaas_subnet_update_101", "iaas_subnet_update_102", "iaas_subnet_update_103", "iaas_subnet_update_104",
		"iaas_subnet_update_105", "iaas_subnet_update_106", "iaas_subnet_update_107", "iaas_subnet_update_108",
		"iaas_subnet_update_109", "iaas_subnet_update_110", "iaas_subnet_update_111", "iaas_subnet_update_112",
		"iaas_subnet_update_113", "iaas_subnet_update_114", "iaas_subnet_update_115", "iaas_subnet_update_116",
		"iaas_subnet_update_117", "iaas_subnet_update_118", "iaas_subnet_update_119", "iaas_subnet_update_120",
		"iaas_subnet_update_121", "iaas_subnet_update_122", "iaas_subnet_update_123", "iaas_subnet_update_124",
		"iaas_subnet_update_125", "iaas_subnet_update_201", "iaas_subnet_update_202", "iaas_subnet_update_203",
		"iaas_subnet_update_204", "iaas_virtual_router_update_001", "iaas_virtual_router_update_002", "iaas_virtual_router_update_003",
		"iaas_virtual_router_update_101", "iaas_virtual_router_update_102", "iaas_virtual_router_update_103", "iaas_virtual_router_update_104",
		"iaas_virtual_router_update_105", "iaas_virtual_router_update_106", "iaas_virtual_router_update_107", "iaas_virtual_router_update_108",
		"iaas_virtual_router_update_109", "iaas_virtual_router_update_110", "iaas_virtual_router_update_111", "iaas_virtual_router_update_112",
		"iaas_virtual_router_update_113", "iaas_virtual_router_update_201", "iaas_virtual_router_update_202", "iaas_virtual_router_update_203",
	},
}}

// PatchVirtualRouter is PATCH /virtual_router/{pk}/: Partially update a virtual router record (only sent fields are validated, where supported).
var PatchVirtualRouter = op.Op[VirtualRouterUpdate, Content[VirtualRouter]]{Spec: op.Spec{
	ID: "virtualRouterPartialUpdate", App: "iaas", Method: "PATCH", Path: "/virtual_router/{pk}/", Status: 200,
	Group: "virtual_router", Summary: "Partially update a virtual router record (only sent fields are validated, where supported)",
	Body: "VirtualRouterUpdate",
	Errors: []string{
		"iaas_subnet_create_101", "iaas_subnet_create_102", "iaas_subnet_create_103", "iaas_subnet_create_104",
		"iaas_subnet_create_105", "iaas_subnet_create_106", "iaas_subnet_create_107", "iaas_subnet_create_108",
		"iaas_subnet_create_109", "iaas_subnet_create_110", "iaas_subnet_create_111", "iaas_subnet_create_112",
		"iaas_subnet_create_113", "iaas_subnet_create_114", "iaas_subnet_create_115", "iaas_subnet_create_116",
		"iaas_subnet_create_117", "iaas_subnet_create_118", "iaas_subnet_create_119", "iaas_subnet_create_120",
		"iaas_subnet_create_121", "iaas_subnet_create_122", "iaas_subnet_create_123", "iaas_subnet_create_124",
		"iaas_subnet_create_125", "iaas_subnet_create_126", "iaas_subnet_create_201", "iaas_subnet_update_001",
		"iaas_subnet_update_101", "iaas_subnet_update_102", "iaas_subnet_update_103", "iaas_subnet_update_104",
		"iaas_subnet_update_105", "iaas_subnet_update_106", "iaas_subnet_update_107", "iaas_subnet_update_108",
		"iaas_subnet_update_109", "iaas_subnet_update_110", "iaas_subnet_update_111", "iaas_subnet_update_112",
		"iaas_subnet_update_113", "iaas_subnet_update_114", "iaas_subnet_update_115", "iaas_subnet_update_116",
		"iaas_subnet_update_117", "iaas_subnet_update_118", "iaas_subnet_update_119", "iaas_subnet_update_120",
		"iaas_subnet_update_121", "iaas_subnet_update_122", "iaas_subnet_update_123", "iaas_subnet_update_124",
		"iaas_subnet_update_125", "iaas_subnet_update_201", "iaas_subnet_update_202", "iaas_subnet_update_203",
		"iaas_subnet_update_204", "iaas_virtual_router_update_001", "iaas_virtual_router_update_002", "iaas_virtual_router_update_003",
		"iaas_virtual_router_update_101", "iaas_virtual_router_update_102", "iaas_virtual_router_update_103", "iaas_virtual_router_update_104",
		"iaas_virtual_router_update_105", "iaas_virtual_router_update_106", "iaas_virtual_router_update_107", "iaas_virtual_router_update_108",
		"iaas_virtual_router_update_109", "iaas_virtual_router_update_110", "iaas_virtual_router_update_111", "iaas_virtual_router_update_112",
		"iaas_virtual_router_update_113", "iaas_virtual_router_update_201", "iaas_virtual_router_update_202", "iaas_virtual_router_update_203",
	},
}}

// ListVM is GET /vm/: List vm records.
var ListVM = op.Op[op.None, Page[VM, ListMetadata]]{Spec: op.Spec{
	ID: "vmList", App: "iaas", Method: "GET", Path: "/vm/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude", "include_related"},
	Group: "vm", Summary: "List vm records",
	Orders: []string{"created", "name", "project_id", "state", "updated"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "project__address_id", Kind: op.NumberOps},
		{Name: "project__name", Kind: op.StringOps},
		{Name: "project__region_id", Kind: op.NumberOps},
		{Name: "project_id", Kind: op.NumberOps},
		{Name: "server__type__name", Kind: op.StringOps},
		{Name: "server__type_id", Kind: op.NumberOps},
		{Name: "server_id", Kind: op.NumberOps},
		{Name: "state", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_vm_list_001",
	},
}}

// CreateVM is POST /vm/: Create a vm record.
var CreateVM = op.Op[VMCreate, Content[VM]]{Spec: op.Spec{
	ID: "vmCreate", App: "iaas", Method: "POST", Path: "/vm/", Status: 201,
	Group: "vm", Summary: "Create a vm record",
	Body: "VMCreate",
	Errors: []string{
		"iaas_storage_create_001", "iaas_storage_create_002", "iaas_storage_create_003", "iaas_storage_create_101",
		"iaas_storage_create_102", "iaas_storage_create_103", "iaas_storage_create_104", "iaas_storage_create_105",
		"iaas_storage_create_106", "iaas_storage_create_201", "iaas_storage_create_202", "iaas_vm_create_101",
		"iaas_vm_create_102", "iaas_vm_create_103", "iaas_vm_create_104", "iaas_vm_create_105",
		"iaas_vm_create_106", "iaas_vm_create_107", "iaas_vm_create_108", "iaas_vm_create_109",
		"iaas_vm_create_110", "iaas_vm_create_111", "iaas_vm_create_112", "iaas_vm_create_113",
		"iaas_vm_create_114", "iaas_vm_create_115", "iaas_vm_create_116", "iaas_vm_create_117",
		"iaas_vm_create_118", "iaas_vm_create_119", "iaas_vm_create_120", "iaas_vm_create_121",
		"iaas_vm_create_122", "iaas_vm_create_123", "iaas_vm_create_124", "iaas_vm_create_125",
		"iaas_vm_create_126", "iaas_vm_create_127", "iaas_vm_create_128", "iaas_vm_create_129",
		"iaas_vm_create_130", "iaas_vm_create_131", "iaas_vm_create_132", "iaas_vm_create_133",
		"iaas_vm_create_134", "iaas_vm_create_135", "iaas_vm_create_136", "iaas_vm_create_137",
		"iaas_vm_create_138", "iaas_vm_create_139", "iaas_vm_create_140", "iaas_vm_create_141",
		"iaas_vm_create_142", "iaas_vm_create_143", "iaas_vm_create_144", "iaas_vm_create_145",
		"iaas_vm_create_201",
	},
}}

// ReadVM is GET /vm/{pk}/: Read one vm record.
var ReadVM = op.Op[op.None, Content[VM]]{Spec: op.Spec{
	ID: "vmRead", App: "iaas", Method: "GET", Path: "/vm/{pk}/", Status: 200,
	Group: "vm", Summary: "Read one vm record",
	Errors: []string{
		"iaas_vm_read_001", "iaas_vm_read_201", "iaas_vm_read_202", "iaas_vm_read_203",
	},
}}

// HeadVM is HEAD /vm/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadVM = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "vmHead", App: "iaas", Method: "HEAD", Path: "/vm/{pk}/", Status: 200,
	Group: "vm", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateVM is PUT /vm/{pk}/: Update a vm record.
var UpdateVM = op.Op[VMUpdate, Content[VM]]{Spec: op.Spec{
	ID: "vmUpdate", App: "iaas", Method: "PUT", Path: "/vm/{pk}/", Status: 200,
	Group: "vm", Summary: "Update a vm record",
	Body: "VMUpdate",
	Errors: []string{
		"iaas_storage_create_001", "iaas_storage_create_002", "iaas_storage_create_003", "iaas_storage_create_101",
		"iaas_storage_create_102", "iaas_storage_create_103", "iaas_storage_create_104", "iaas_storage_create_105",
		"iaas_storage_create_106", "iaas_storage_create_201", "iaas_storage_create_202", "iaas_storage_update_101",
		"iaas_storage_update_102", "iaas_storage_update_103", "iaas_storage_update_104", "iaas_vm_update_001",
		"iaas_vm_update_101", "iaas_vm_update_102", "iaas_vm_update_103", "iaas_vm_update_104",
		"iaas_vm_update_105", "iaas_vm_update_106", "iaas_vm_update_107", "iaas_vm_update_108",
		"iaas_vm_update_109", "iaas_vm_update_110", "iaas_vm_update_111", "iaas_vm_update_112",
		"iaas_vm_update_113", "iaas_vm_update_114", "iaas_vm_update_115", "iaas_vm_update_116",
		"iaas_vm_update_117", "iaas_vm_update_118", "iaas_vm_update_119", "iaas_vm_update_120",
		"iaas_vm_update_121", "iaas_vm_update_122", "iaas_vm_update_123", "iaas_vm_update_124",
		"iaas_vm_update_125", "iaas_vm_update_126", "iaas_vm_update_127", "iaas_vm_update_128",
		"iaas_vm_update_129", "iaas_vm_update_130", "iaas_vm_update_131", "iaas_vm_update_132",
		"iaas_vm_update_133", "iaas_vm_update_134", "iaas_vm_update_135", "iaas_vm_update_136",
		"iaas_vm_update_137", "iaas_vm_update_138", "iaas_vm_update_139", "iaas_vm_update_140",
		"iaas_vm_update_201", "iaas_vm_update_202", "iaas_vm_update_203",
	},
}}

// PatchVM is PATCH /vm/{pk}/: Partially update a vm record (only sent fields are validated, where supported).
var PatchVM = op.Op[VMUpdate, Content[VM]]{Spec: op.Spec{
	ID: "vmPartialUpdate", App: "iaas", Method: "PATCH", Path: "/vm/{pk}/", Status: 200,
	Group: "vm", Summary: "Partially update a vm record (only sent fields are validated, where supported)",
	Body: "VMUpdate",
	Errors: []string{
		"iaas_storage_create_001", "iaas_storage_create_002", "iaas_storage_create_003", "iaas_storage_create_101",
		"iaas_storage_create_102", "iaas_storage_create_103", "iaas_storage_create_104", "iaas_storage_create_105",
		"iaas_storage_create_106", "iaas_storage_create_201", "iaas_storage_create_202", "iaas_storage_update_101",
		"iaas_storage_update_102", "iaas_storage_update_103", "iaas_storage_update_104", "iaas_vm_update_001",
		"iaas_vm_update_101", "iaas_vm_update_102", "iaas_vm_update_103", "iaas_vm_update_104",
		"iaas_vm_update_105", "iaas_vm_update_106", "iaas_vm_update_107", "iaas_vm_update_108",
		"iaas_vm_update_109", "iaas_vm_update_110", "iaas_vm_update_111", "iaas_vm_update_112",
		"iaas_vm_update_113", "iaas_vm_update_114", "iaas_vm_update_115", "iaas_vm_update_116",
		"iaas_vm_update_117", "iaas_vm_update_118", "iaas_vm_update_119", "iaas_vm_update_120",
		"iaas_vm_update_121", "iaas_vm_update_122", "iaas_vm_update_123", "iaas_vm_update_124",
		"iaas_vm_update_125", "iaas_vm_update_126", "iaas_vm_update_127", "iaas_vm_update_128",
		"iaas_vm_update_129", "iaas_vm_update_130", "iaas_vm_update_131", "iaas_vm_update_132",
		"iaas_vm_update_133", "iaas_vm_update_134", "iaas_vm_update_135", "iaas_vm_update_136",
		"iaas_vm_update_137", "iaas_vm_update_138", "iaas_vm_update_139", "iaas_vm_update_140",
		"iaas_vm_update_201", "iaas_vm_update_202", "iaas_vm_update_203",
	},
}}

// ListStorage is GET /vm/{vm_id}/storage/: List storage records.
var ListStorage = op.Op[op.None, Page[Storage, ListMetadata]]{Spec: op.Spec{
	ID: "storageList", App: "iaas", Method: "GET", Path: "/vm/{vm_id}/storage/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "storage", Summary: "List storage records",
	Orders: []string{"gb", "name", "primary"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "primary"},
		{Name: "updated", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_storage_list_001", "iaas_storage_list_002", "iaas_storage_list_201", "iaas_storage_list_202",
	},
}}

// CreateStorage is POST /vm/{vm_id}/storage/: Create a storage record.
var CreateStorage = op.Op[StorageCreate, Content[Storage]]{Spec: op.Spec{
	ID: "storageCreate", App: "iaas", Method: "POST", Path: "/vm/{vm_id}/storage/", Status: 201,
	Group: "storage", Summary: "Create a storage record",
	Body: "StorageCreate",
	Errors: []string{
		"iaas_storage_create_001", "iaas_storage_create_002", "iaas_storage_create_003", "iaas_storage_create_004",
		"iaas_storage_create_101", "iaas_storage_create_102", "iaas_storage_create_103", "iaas_storage_create_104",
		"iaas_storage_create_105", "iaas_storage_create_106", "iaas_storage_create_201", "iaas_storage_create_202",
	},
}}

// ReadStorage is GET /vm/{vm_id}/storage/{pk}/: Read one storage record.
var ReadStorage = op.Op[op.None, Content[Storage]]{Spec: op.Spec{
	ID: "storageRead", App: "iaas", Method: "GET", Path: "/vm/{vm_id}/storage/{pk}/", Status: 200,
	Group: "storage", Summary: "Read one storage record",
	Errors: []string{
		"iaas_storage_read_001", "iaas_storage_read_002", "iaas_storage_read_201", "iaas_storage_read_202",
		"iaas_storage_read_203",
	},
}}

// HeadStorage is HEAD /vm/{vm_id}/storage/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadStorage = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "storageHead", App: "iaas", Method: "HEAD", Path: "/vm/{vm_id}/storage/{pk}/", Status: 200,
	Group: "storage", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// ListVMHistory is GET /vm_history/: List VM history.
var ListVMHistory = op.Op[op.None, Page[VMHistory, ListMetadata]]{Spec: op.Spec{
	ID: "vmHistoryList", App: "iaas", Method: "GET", Path: "/vm_history/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "vm_history", Summary: "List VM history",
	Orders: []string{"created"},
	Filters: []op.Filter{
		{Name: "cpu_sku", Kind: op.StringOps},
		{Name: "created", Kind: op.NumberOps},
		{Name: "customer_address", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "image_sku", Kind: op.StringOps},
		{Name: "modified_by", Kind: op.NumberOps},
		{Name: "nat_sku", Kind: op.StringOps},
		{Name: "project_id", Kind: op.NumberOps},
		{Name: "ram_sku", Kind: op.StringOps},
		{Name: "state", Kind: op.NumberOps},
		{Name: "storage_histories__gb_sku", Kind: op.StringOps},
		{Name: "storage_histories__storage_id", Kind: op.NumberOps},
		{Name: "vm_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_vm_history_list_001",
	},
}}

// ListVPN is GET /vpn/: List vpn records.
var ListVPN = op.Op[op.None, Page[VPN, ListMetadata]]{Spec: op.Spec{
	ID: "vpnList", App: "iaas", Method: "GET", Path: "/vpn/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude", "include_related"},
	Group: "vpn", Summary: "List vpn records",
	Orders: []string{"id", "created", "updated"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "updated", Kind: op.NumberOps},
		{Name: "virtual_router__project__address_id", Kind: op.NumberOps},
		{Name: "virtual_router__project__region_id", Kind: op.NumberOps},
		{Name: "virtual_router__project_id", Kind: op.NumberOps},
		{Name: "virtual_router_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_vpn_list_001",
	},
}}

// CreateVPN is POST /vpn/: Create a vpn record.
var CreateVPN = op.Op[VPNCreate, Content[VPN]]{Spec: op.Spec{
	ID: "vpnCreate", App: "iaas", Method: "POST", Path: "/vpn/", Status: 201,
	Group: "vpn", Summary: "Create a vpn record",
	Body: "VPNCreate",
	Errors: []string{
		"iaas_route_create_101", "iaas_route_create_102", "iaas_route_create_103", "iaas_route_create_104",
		"iaas_route_create_105", "iaas_route_create_106", "iaas_route_create_107", "iaas_route_create_108",
		"iaas_route_create_109", "iaas_route_create_110", "iaas_vpn_client_create_101", "iaas_vpn_client_create_102",
		"iaas_vpn_client_create_103", "iaas_vpn_client_create_104", "iaas_vpn_client_create_105", "iaas_vpn_client_create_106",
		"iaas_vpn_create_001", "iaas_vpn_create_002", "iaas_vpn_create_101", "iaas_vpn_create_102",
		"iaas_vpn_create_103", "iaas_vpn_create_104", "iaas_vpn_create_105", "iaas_vpn_create_106",
		"iaas_vpn_create_107", "iaas_vpn_create_108", "iaas_vpn_create_109", "iaas_vpn_create_110",
		"iaas_vpn_create_111", "iaas_vpn_create_112", "iaas_vpn_create_114", "iaas_vpn_create_115",
		"iaas_vpn_create_118", "iaas_vpn_create_120", "iaas_vpn_create_121", "iaas_vpn_create_122",
		"iaas_vpn_create_123", "iaas_vpn_create_124", "iaas_vpn_create_125", "iaas_vpn_create_126",
		"iaas_vpn_create_127", "iaas_vpn_create_128", "iaas_vpn_create_129", "iaas_vpn_create_130",
		"iaas_vpn_create_131", "iaas_vpn_create_132", "iaas_vpn_create_133", "iaas_vpn_create_134",
		"iaas_vpn_create_135", "iaas_vpn_create_136", "iaas_vpn_create_137", "iaas_vpn_create_138",
		"iaas_vpn_create_139", "iaas_vpn_create_140", "iaas_vpn_create_141", "iaas_vpn_create_142",
		"iaas_vpn_create_201",
	},
}}

// ReadVPN is GET /vpn/{pk}/: Read one vpn record.
var ReadVPN = op.Op[op.None, Content[VPN]]{Spec: op.Spec{
	ID: "vpnRead", App: "iaas", Method: "GET", Path: "/vpn/{pk}/", Status: 200,
	Group: "vpn", Summary: "Read one vpn record",
	Errors: []string{
		"iaas_vpn_read_001", "iaas_vpn_read_201", "iaas_vpn_read_202", "iaas_vpn_read_203",
	},
}}

// HeadVPN is HEAD /vpn/{pk}/: Existence check: 200 when readable, else 404, never a body.
var HeadVPN = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "vpnHead", App: "iaas", Method: "HEAD", Path: "/vpn/{pk}/", Status: 200,
	Group: "vpn", Summary: "Existence check: 200 when readable, else 404, never a body",
}}

// UpdateVPN is PUT /vpn/{pk}/: Update a vpn record.
var UpdateVPN = op.Op[VPNUpdate, Content[VPN]]{Spec: op.Spec{
	ID: "vpnUpdate", App: "iaas", Method: "PUT", Path: "/vpn/{pk}/", Status: 200,
	Group: "vpn", Summary: "Update a vpn record",
	Body: "VPNUpdate",
	Errors: []string{
		"iaas_route_create_101", "iaas_route_create_102", "iaas_route_create_103", "iaas_route_create_104",
		"iaas_route_create_105", "iaas_route_create_106", "iaas_route_create_107", "iaas_route_create_108",
		"iaas_route_create_109", "iaas_route_create_110", "iaas_route_update_101", "iaas_route_update_102",
		"iaas_route_update_103", "iaas_route_update_104", "iaas_route_update_105", "iaas_route_update_106",
		"iaas_route_update_107", "iaas_route_update_108", "iaas_route_update_109", "iaas_route_update_110",
		"iaas_vpn_client_create_101", "iaas_vpn_client_create_102", "iaas_vpn_client_create_103", "iaas_vpn_client_create_104",
		"iaas_vpn_client_create_105", "iaas_vpn_client_create_106", "iaas_vpn_client_update_101", "iaas_vpn_client_update_102",
		"iaas_vpn_client_update_103", "iaas_vpn_client_update_104", "iaas_vpn_update_001", "iaas_vpn_update_002",
		"iaas_vpn_update_101", "iaas_vpn_update_102", "iaas_vpn_update_103", "iaas_vpn_update_104",
		"iaas_vpn_update_105", "iaas_vpn_update_106", "iaas_vpn_update_107", "iaas_vpn_update_108",
		"iaas_vpn_update_109", "iaas_vpn_update_110", "iaas_vpn_update_111", "iaas_vpn_update_114",
		"iaas_vpn_update_116", "iaas_vpn_update_117", "iaas_vpn_update_118", "iaas_vpn_update_119",
		"iaas_vpn_update_120", "iaas_vpn_update_121", "iaas_vpn_update_122", "iaas_vpn_update_123",
		"iaas_vpn_update_124", "iaas_vpn_update_125", "iaas_vpn_update_126", "iaas_vpn_update_127",
		"iaas_vpn_update_128", "iaas_vpn_update_129", "iaas_vpn_update_130", "iaas_vpn_update_131",
		"iaas_vpn_update_132", "iaas_vpn_update_133", "iaas_vpn_update_134", "iaas_vpn_update_135",
		"iaas_vpn_update_136", "iaas_vpn_update_137", "iaas_vpn_update_138", "iaas_vpn_update_139",
		"iaas_vpn_update_140", "iaas_vpn_update_141", "iaas_vpn_update_201", "iaas_vpn_update_202",
		"iaas_vpn_update_203",
	},
}}

// PatchVPN is PATCH /vpn/{pk}/: Partially update a vpn record (only sent fields are validated, where supported).
var PatchVPN = op.Op[VPNUpdate, Content[VPN]]{Spec: op.Spec{
	ID: "vpnPartialUpdate", App: "iaas", Method: "PATCH", Path: "/vpn/{pk}/", Status: 200,
	Group: "vpn", Summary: "Partially update a vpn record (only sent fields are validated, where supported)",
	Body: "VPNUpdate",
	Errors: []string{
		"iaas_route_create_101", "iaas_route_create_102", "iaas_route_create_103", "iaas_route_create_104",
		"iaas_route_create_105", "iaas_route_create_106", "iaas_route_create_107", "iaas_route_create_108",
		"iaas_route_create_109", "iaas_route_create_110", "iaas_route_update_101", "iaas_route_update_102",
		"iaas_route_update_103", "iaas_route_update_104", "iaas_route_update_105", "iaas_route_update_106",
		"iaas_route_update_107", "iaas_route_update_108", "iaas_route_update_109", "iaas_route_update_110",
		"iaas_vpn_client_create_101", "iaas_vpn_client_create_102", "iaas_vpn_client_create_103", "iaas_vpn_client_create_104",
		"iaas_vpn_client_create_105", "iaas_vpn_client_create_106", "iaas_vpn_client_update_101", "iaas_vpn_client_update_102",
		"iaas_vpn_client_update_103", "iaas_vpn_client_update_104", "iaas_vpn_update_001", "iaas_vpn_update_002",
		"iaas_vpn_update_101", "iaas_vpn_update_102", "iaas_vpn_update_103", "iaas_vpn_update_104",
		"iaas_vpn_update_105", "iaas_vpn_update_106", "iaas_vpn_update_107", "iaas_vpn_update_108",
		"iaas_vpn_update_109", "iaas_vpn_update_110", "iaas_vpn_update_111", "iaas_vpn_update_114",
		"iaas_vpn_update_116", "iaas_vpn_update_117", "iaas_vpn_update_118", "iaas_vpn_update_119",
		"iaas_vpn_update_120", "iaas_vpn_update_121", "iaas_vpn_update_122", "iaas_vpn_update_123",
		"iaas_vpn_update_124", "iaas_vpn_update_125", "iaas_vpn_update_126", "iaas_vpn_update_127",
		"iaas_vpn_update_128", "iaas_vpn_update_129", "iaas_vpn_update_130", "iaas_vpn_update_131",
		"iaas_vpn_update_132", "iaas_vpn_update_133", "iaas_vpn_update_134", "iaas_vpn_update_135",
		"iaas_vpn_update_136", "iaas_vpn_update_137", "iaas_vpn_update_138", "iaas_vpn_update_139",
		"iaas_vpn_update_140", "iaas_vpn_update_141", "iaas_vpn_update_201", "iaas_vpn_update_202",
		"iaas_vpn_update_203",
	},
}}

// DeleteVPN is DELETE /vpn/{pk}/: Delete a vpn record.
var DeleteVPN = op.Op[op.None, op.None]{Spec: op.Spec{
	ID: "vpnDelete", App: "iaas", Method: "DELETE", Path: "/vpn/{pk}/", Status: 204,
	Group: "vpn", Summary: "Delete a vpn record",
	Errors: []string{
		"iaas_vpn_delete_001", "iaas_vpn_delete_002", "iaas_vpn_delete_201", "iaas_vpn_delete_202",
		"iaas_vpn_delete_203",
	},
}}

// ListVPNHistory is GET /vpn_history/: List VPN history.
var ListVPNHistory = op.Op[op.None, Page[VPNHistory, ListMetadata]]{Spec: op.Spec{
	ID: "vpnHistoryList", App: "iaas", Method: "GET", Path: "/vpn_history/", Status: 200,
	Query: []string{"page", "limit", "order", "search", "exclude"},
	Group: "vpn_history", Summary: "List VPN history",
	Orders: []string{"created"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "customer_address", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "modified_by", Kind: op.NumberOps},
		{Name: "project_id", Kind: op.NumberOps},
		{Name: "project_name", Kind: op.StringOps},
		{Name: "vpn_id", Kind: op.NumberOps},
	},
	Errors: []string{
		"iaas_vpn_history_list_001",
	},
}}

// ReadVPNStatus is GET /vpn_status/{vpn_id}/: IKE and IPsec status of a VPN.
var ReadVPNStatus = op.Op[op.None, Content[VPNStatus]]{Spec: op.Spec{
	ID: "vpnStatusRead", App: "iaas", Method: "GET", Path: "/vpn_status/{vpn_id}/", Status: 200,
	Group: "vpn_status", Summary: "IKE and IPsec status of a VPN",
	Errors: []string{
		"iaas_vpn_status_read_001", "iaas_vpn_status_read_002", "iaas_vpn_status_read_003", "iaas_vpn_status_read_004",
		"iaas_vpn_status_read_201",
	},
}}

// Operations lists all 207 operations of the CloudCIX IaaS API, by path.
var Operations = []op.Spec{
	ListMembershipAddress.Spec,
	ReadMembershipAddress.Spec,
	ListAllocation.Spec,
	CreateAllocation.Spec,
	ReadAllocation.Spec,
	HeadAllocation.Spec,
	UpdateAllocation.Spec,
	PatchAllocation.Spec,
	DeleteAllocation.Spec,
	CreateAppSettings.Spec,
	ReadAppSettings.Spec,
	UpdateAppSettings.Spec,
	PatchAppSettings.Spec,
	DeleteAppSettings.Spec,
	ListASN.Spec,
	CreateASN.Spec,
	ReadASN.Spec,
	HeadASN.Spec,
	UpdateASN.Spec,
	PatchASN.Spec,
	DeleteASN.Spec,
	UpdateAttach.Spec,
	CreateMembershipToken.Spec,
	UpdateMembershipToken.Spec,
	ListBackup.Spec,
	CreateBackup.Spec,
	ReadBackup.Spec,
	HeadBackup.Spec,
	UpdateBackup.Spec,
	PatchBackup.Spec,
	ListBackupHistory.Spec,
	ListCapacity.Spec,
	ListCeph.Spec,
	CreateCeph.Spec,
	ReadCeph.Spec,
	UpdateCeph.Spec,
	PatchCeph.Spec,
	ListCIXBlacklist.Spec,
	CreateCIXBlacklist.Spec,
	ReadCIXBlacklist.Spec,
	HeadCIXBlacklist.Spec,
	UpdateCIXBlacklist.Spec,
	PatchCIXBlacklist.Spec,
	DeleteCIXBlacklist.Spec,
	ListCIXWhitelist.Spec,
	CreateCIXWhitelist.Spec,
	ReadCIXWhitelist.Spec,
	HeadCIXWhitelist.Spec,
	UpdateCIXWhitelist.Spec,
	PatchCIXWhitelist.Spec,
	DeleteCIXWhitelist.Spec,
	CreateCloud.Spec,
	ListCloudBill.Spec,
	ReadCloudBill.Spec,
	ReadCloud.Spec,
	UpdateCloud.Spec,
	ReadMembershipCloudBill.Spec,
	UpdateDetach.Spec,
	ListDevice.Spec,
	CreateDevice.Spec,
	ReadDevice.Spec,
	HeadDevice.Spec,
	UpdateDevice.Spec,
	PatchDevice.Spec,
	ListDeviceType.Spec,
	ListDomain.Spec,
	CreateDomain.Spec,
	ReadDomain.Spec,
	HeadDomain.Spec,
	UpdateDomain.Spec,
	PatchDomain.Spec,
	DeleteDomain.Spec,
	ReadDynamicRemoteSubnet.Spec,
	ListImage.Spec,
	ReadImage.Spec,
	HeadImage.Spec,
	UpdateImage.Spec,
	PatchImage.Spec,
	ListInterface.Spec,
	CreateInterface.Spec,
	ReadInterface.Spec,
	HeadInterface.Spec,
	UpdateInterface.Spec,
	PatchInterface.Spec,
	DeleteInterface.Spec,
	ListIPAddress.Spec,
	CreateIPAddress.Spec,
	ReadIPAddress.Spec,
	HeadIPAddress.Spec,
	UpdateIPAddress.Spec,
	PatchIPAddress.Spec,
	DeleteIPAddress.Spec,
	ListIPAddressGroup.Spec,
	CreateIPAddressGroup.Spec,
	ReadIPAddressGroup.Spec,
	HeadIPAddressGroup.Spec,
	UpdateIPAddressGroup.Spec,
	PatchIPAddressGroup.Spec,
	DeleteIPAddressGroup.Spec,
	ListIPValidator.Spec,
	ListIPMI.Spec,
	CreateIPMI.Spec,
	ReadIPMI.Spec,
	HeadIPMI.Spec,
	DeleteIPMI.Spec,
	ListMembershipMember.Spec,
	ReadMembershipMember.Spec,
	ReadMetrics.Spec,
	ListPolicyLog.Spec,
	ListPoolIP.Spec,
	CreatePoolIP.Spec,
	ReadPoolIP.Spec,
	HeadPoolIP.Spec,
	UpdatePoolIP.Spec,
	PatchPoolIP.Spec,
	DeletePoolIP.Spec,
	ListProject.Spec,
	CreateProject.Spec,
	ReadProject.Spec,
	HeadProject.Spec,
	UpdateProject.Spec,
	PatchProject.Spec,
	ListPTRRecord.Spec,
	CreatePTRRecord.Spec,
	ReadPTRRecord.Spec,
	HeadPTRRecord.Spec,
	UpdatePTRRecord.Spec,
	PatchPTRRecord.Spec,
	DeletePTRRecord.Spec,
	ListRecord.Spec,
	CreateRecord.Spec,
	ReadRecord.Spec,
	HeadRecord.Spec,
	UpdateRecord.Spec,
	PatchRecord.Spec,
	DeleteRecord.Spec,
	CreateRegionImage.Spec,
	UpdateRegionImage.Spec,
	DeleteRegionImage.Spec,
	CreateRegionStorageType.Spec,
	UpdateRegionStorageType.Spec,
	DeleteRegionStorageType.Spec,
	ListRouter.Spec,
	CreateRouter.Spec,
	ReadRouter.Spec,
	HeadRouter.Spec,
	UpdateRouter.Spec,
	PatchRouter.Spec,
	ListRunRobot.Spec,
	CreateRunRobot.Spec,
	ListServer.Spec,
	CreateServer.Spec,
	ReadServer.Spec,
	HeadServer.Spec,
	UpdateServer.Spec,
	PatchServer.Spec,
	ListServerType.Spec,
	ReadServerType.Spec,
	HeadServerType.Spec,
	ListSnapshot.Spec,
	CreateSnapshot.Spec,
	ReadSnapshot.Spec,
	HeadSnapshot.Spec,
	UpdateSnapshot.Spec,
	PatchSnapshot.Spec,
	ListSnapshotHistory.Spec,
	ReadSnapshotTree.Spec,
	ListStorageType.Spec,
	ReadStorageType.Spec,
	HeadStorageType.Spec,
	UpdateStorageType.Spec,
	PatchStorageType.Spec,
	ListSubnet.Spec,
	CreateSubnet.Spec,
	ReadSubnet.Spec,
	HeadSubnet.Spec,
	UpdateSubnet.Spec,
	PatchSubnet.Spec,
	DeleteSubnet.Spec,
	ListSubnetSpace.Spec,
	ListMembershipUser.Spec,
	ReadMembershipUser.Spec,
	ListVirtualRouter.Spec,
	ReadVirtualRouter.Spec,
	HeadVirtualRouter.Spec,
	UpdateVirtualRouter.Spec,
	PatchVirtualRouter.Spec,
	ListVM.Spec,
	CreateVM.Spec,
	ReadVM.Spec,
	HeadVM.Spec,
	UpdateVM.Spec,
	PatchVM.Spec,
	ListStorage.Spec,
	CreateStorage.Spec,
	ReadStorage.Spec,
	HeadStorage.Spec,
	ListVMHistory.Spec,
	ListVPN.Spec,
	CreateVPN.Spec,
	ReadVPN.Spec,
	HeadVPN.Spec,
	UpdateVPN.Spec,
	PatchVPN.Spec,
	DeleteVPN.Spec,
	ListVPNHistory.Spec,
	ReadVPNStatus.Spec,
}

// Typed lists the same operations with their types.
var Typed = []op.Any{
	ListMembershipAddress,
	ReadMembershipAddress,
	ListAllocation,
	CreateAllocation,
	ReadAllocation,
	HeadAllocation,
	UpdateAllocation,
	PatchAllocation,
	DeleteAllocation,
	CreateAppSettings,
	ReadAppSettings,
	UpdateAppSettings,
	PatchAppSettings,
	DeleteAppSettings,
	ListASN,
	CreateASN,
	ReadASN,
	HeadASN,
	UpdateASN,
	PatchASN,
	DeleteASN,
	UpdateAttach,
	CreateMembershipToken,
	UpdateMembershipToken,
	ListBackup,
	CreateBackup,
	ReadBackup,
	HeadBackup,
	UpdateBackup,
	PatchBackup,
	ListBackupHistory,
	ListCapacity,
	ListCeph,
	CreateCeph,
	ReadCeph,
	UpdateCeph,
	PatchCeph,
	ListCIXBlacklist,
	CreateCIXBlacklist,
	ReadCIXBlacklist,
	HeadCIXBlacklist,
	UpdateCIXBlacklist,
	PatchCIXBlacklist,
	DeleteCIXBlacklist,
	ListCIXWhitelist,
	CreateCIXWhitelist,
	ReadCIXWhitelist,
	HeadCIXWhitelist,
	UpdateCIXWhitelist,
	PatchCIXWhitelist,
	DeleteCIXWhitelist,
	CreateCloud,
	ListCloudBill,
	ReadCloudBill,
	ReadCloud,
	UpdateCloud,
	ReadMembershipCloudBill,
	UpdateDetach,
	ListDevice,
	CreateDevice,
	ReadDevice,
	HeadDevice,
	UpdateDevice,
	PatchDevice,
	ListDeviceType,
	ListDomain,
	CreateDomain,
	ReadDomain,
	HeadDomain,
	UpdateDomain,
	PatchDomain,
	DeleteDomain,
	ReadDynamicRemoteSubnet,
	ListImage,
	ReadImage,
	HeadImage,
	UpdateImage,
	PatchImage,
	ListInterface,
	CreateInterface,
	ReadInterface,
	HeadInterface,
	UpdateInterface,
	PatchInterface,
	DeleteInterface,
	ListIPAddress,
	CreateIPAddress,
	ReadIPAddress,
	HeadIPAddress,
	UpdateIPAddress,
	PatchIPAddress,
	DeleteIPAddress,
	ListIPAddressGroup,
	CreateIPAddressGroup,
	ReadIPAddressGroup,
	HeadIPAddressGroup,
	UpdateIPAddressGroup,
	PatchIPAddressGroup,
	DeleteIPAddressGroup,
	ListIPValidator,
	ListIPMI,
	CreateIPMI,
	ReadIPMI,
	HeadIPMI,
	DeleteIPMI,
	ListMembershipMember,
	ReadMembershipMember,
	ReadMetrics,
	ListPolicyLog,
	ListPoolIP,
	CreatePoolIP,
	ReadPoolIP,
	HeadPoolIP,
	UpdatePoolIP,
	PatchPoolIP,
	DeletePoolIP,
	ListProject,
	CreateProject,
	ReadProject,
	HeadProject,
	UpdateProject,
	PatchProject,
	ListPTRRecord,
	CreatePTRRecord,
	ReadPTRRecord,
	HeadPTRRecord,
	UpdatePTRRecord,
	PatchPTRRecord,
	DeletePTRRecord,
	ListRecord,
	CreateRecord,
	ReadRecord,
	HeadRecord,
	UpdateRecord,
	PatchRecord,
	DeleteRecord,
	CreateRegionImage,
	UpdateRegionImage,
	DeleteRegionImage,
	CreateRegionStorageType,
	UpdateRegionStorageType,
	DeleteRegionStorageType,
	ListRouter,
	CreateRouter,
	ReadRouter,
	HeadRouter,
	UpdateRouter,
	PatchRouter,
	ListRunRobot,
	CreateRunRobot,
	ListServer,
	CreateServer,
	ReadServer,
	HeadServer,
	UpdateServer,
	PatchServer,
	ListServerType,
	ReadServerType,
	HeadServerType,
	ListSnapshot,
	CreateSnapshot,
	ReadSnapshot,
	HeadSnapshot,
	UpdateSnapshot,
	PatchSnapshot,
	ListSnapshotHistory,
	ReadSnapshotTree,
	ListStorageType,
	ReadStorageType,
	HeadStorageType,
	UpdateStorageType,
	PatchStorageType,
	ListSubnet,
	CreateSubnet,
	ReadSubnet,
	HeadSubnet,
	UpdateSubnet,
	PatchSubnet,
	DeleteSubnet,
	ListSubnetSpace,
	ListMembershipUser,
	ReadMembershipUser,
	ListVirtualRouter,
	ReadVirtualRouter,
	HeadVirtualRouter,
	UpdateVirtualRouter,
	PatchVirtualRouter,
	ListVM,
	CreateVM,
	ReadVM,
	HeadVM,
	UpdateVM,
	PatchVM,
	ListStorage,
	CreateStorage,
	ReadStorage,
	HeadStorage,
	ListVMHistory,
	ListVPN,
	CreateVPN,
	ReadVPN,
	HeadVPN,
	UpdateVPN,
	PatchVPN,
	DeleteVPN,
	ListVPNHistory,
	ReadVPNStatus,
}
