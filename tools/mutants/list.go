package main

import "slices"

// mutants is all of them. Each has once been seen to be noticed; those that were put in
// by hand when the product was tried, and that nobody noticed then, are marked so.
func mutants() []mutant {
	return slices.Concat(storeMutants, workMutants, hubMutants, reconcileMutants, controlMutants, hostMutants, dialectMutants)
}

// The folders of packages.
const (
	storePkg     = "internal/store"
	workPkg      = "internal/work"
	hubPkg       = "internal/hub"
	reconcilePkg = "internal/reconcile"
	controlPkg   = "internal/control"
	hostPkg      = "internal/host"
	oneandonePkg = "internal/oneandone"
	cloudcixPkg  = "internal/cloudcix"
	contractPkg  = "internal/wire/contract"
	filterPkg    = "internal/filter"
	nftPkg       = "internal/host/nft"
)

var storeMutants = []mutant{
	{
		name: "address-not-counted-back", pkg: storePkg, decl: "ReleaseIP", state: true,
		old:    "in_use = in_use - 1",
		new:    "in_use = in_use",
		breaks: "a subnet counts addresses that are free",
		test:   "^TestReserveAndRelease$",
	},
	{
		name: "address-not-counted", pkg: storePkg, decl: "ReserveIP", state: true,
		old:    "in_use = in_use + 1",
		new:    "in_use = in_use",
		breaks: "a subnet does not count an address",
		test:   "^TestReserveAndRelease$",
	},
	{
		name: "mark-stays-above", pkg: storePkg, decl: "ReleaseIP",
		old: "length(low) > 0 AND low > $2 THEN $2", new: "length(low) > 0 AND low > $2 THEN low",
		breaks: "an address that was freed is never found again", test: "^TestReserveAndRelease$",
	},
	{
		name: "closed-rows-found", pkg: storePkg, decl: "by", state: true,
		old:    "if live {",
		new:    "if live && t.live == \"\" {",
		breaks: "what is removed is found by its id",
		test:   "^TestRows$",
	},
	{
		name: "savepoint-not-undone", pkg: storePkg, decl: "sqliteLine.back",
		old:    `err := l.do("ROLLBACK TO " + point); err != nil`,
		new:    `err := error(nil); err != nil`,
		breaks: "a write that was refused is kept when it shared a commit", test: "^TestGroupFaults$",
	},
	{
		name: "commit-error-swallowed", pkg: storePkg, decl: "sqliteLine.commit",
		old:    `return unavailable("commit", err)`,
		new:    `return nil`,
		breaks: "a write that did not reach the disk is answered as done",
		test:   "^TestRefusedCommit$",
	},
	{
		name: "after-commit-forgotten", pkg: storePkg, decl: "settled",
		old: "f()", new: "_ = f", breaks: "nobody is woken by a commit", test: "^TestClockWakes$",
	},
	{
		name: "failed-statement-forgotten", pkg: storePkg, decl: "Tx.run",
		old:    "return tx.failed",
		new:    "return nil",
		breaks: "SQLite commits half of what PostgreSQL refuses",
		test:   "^TestRollback$",
	},
	{
		name: "numbers-given-again", pkg: storePkg, decl: "DB.skipForgotten",
		old: "tx.SkipIDs(table, last+forgotten)", new: "tx.SkipIDs(table, last)",
		breaks: "a restored store gives numbers that hosts know already", test: "^TestRestoreSkipsForgottenIDs$",
	},
	{
		name: "incarnation-kept", pkg: storePkg, decl: "DB.incarnate",
		old:    "again = fresh || ok && moved",
		new:    "again = ok && moved",
		breaks: "a restored store is not told from the one before",
		test:   "^TestRestoreAcrossEngines$",
	},
	{
		name: "narrow-row-written", pkg: storePkg, decl: "Update",
		old: `if err := t.whole(v); err != nil { return fmt.Errorf("update %w", err) }`, new: ``,
		breaks: "a row of which some columns were read loses the others", test: "^TestNarrowRows$",
	},
	{
		name: "silent-host-heard", pkg: storePkg, decl: "HeardSince",
		old: "if since.Before(tx.db.opened) {", new: "if since.Before(tx.db.opened) || true {",
		breaks: "new servers are placed on hosts that are silent", test: "^TestRouterHostHasSpoken$",
	},
	{ // put in by hand once, noticed by nobody
		name: "project-name-index", pkg: storePkg, decl: "migrations/*.sql",
		old: "CREATE UNIQUE INDEX project_name", new: "CREATE INDEX project_name",
		breaks: "two writers give two projects one name", test: "^TestUniqueRules$",
	},
	{
		name: "address-index", pkg: storePkg, decl: "migrations/*.sql",
		old: "CREATE UNIQUE INDEX ip_addr ON", new: "CREATE INDEX ip_addr ON",
		breaks: "two writers take one address", test: "^TestUniqueRules$",
	},
}

var workMutants = []mutant{
	{ // put in by hand once, not noticed by the simulation
		name: "lease-unchecked", pkg: workPkg, decl: "Item.Write", state: true,
		old:    "if n == 0 { return ErrLost }",
		new:    "_ = n",
		breaks: "a worker that lost its lease writes all the same",
		test:   "^TestKilledAndPaused$",
	},
	{
		name: "revision-unchecked", pkg: workPkg, decl: "Item.doneIn", state: true,
		old: "`DELETE FROM work`+mine+` AND revision = $4`", new: "`DELETE FROM work`+mine+` AND revision <> -$4`",
		breaks: "what was enqueued during a turn is forgotten", test: "^TestEnqueuedMeanwhile$",
	},
	{
		name: "due-not-pulled", pkg: workPkg, decl: "Enqueue",
		old:    "WHEN excluded.due_at < work.due_at THEN excluded.due_at",
		new:    "WHEN excluded.due_at < work.due_at THEN work.due_at",
		breaks: "news waits until what was due later is due", test: "^TestEnqueuedMeanwhile$",
	},
	{
		name: "lease-not-waited-for", pkg: workPkg, decl: "Queue.Lease",
		old: "AND lease_until <= `+clock+`$3", new: "AND lease_until - 10000000000 <= `+clock+`$3",
		breaks: "two workers have one row", test: "^TestLostLease$",
	},
	{
		name: "failure-not-counted", pkg: workPkg, decl: "Item.Fail",
		old:    "it.Attempts+1",
		new:    "it.Attempts",
		breaks: "what fails is tried again without a growing pause",
		test:   "^TestBackoff$",
	},
	{
		name: "dead-leases-kept", pkg: workPkg, decl: "Queue.Start",
		old: "WHERE lease IS NOT NULL OR due_at > $1", new: "WHERE due_at > $1 AND lease IS NULL",
		breaks: "after a crash work waits for the leases of the dead", test: "^TestStep$",
	},
	{
		name: "wake-lost", pkg: workPkg, decl: "Enqueue",
		old:    "tx.Notify(topic)",
		new:    "",
		breaks: "work waits for the next look instead of beginning at once",
		test:   "^TestRunTwoNodes$",
	},
	{
		name: "clock-back-ignored", pkg: workPkg, decl: "Queue.Pull",
		old:    "return q.opt.WentBack(tx)",
		new:    "return nil",
		breaks: "times in the future stay when the clock was set right",
		test:   "^TestPull$",
	},
}

var hubMutants = []mutant{
	{ // put in by hand once, not noticed by the simulation
		name: "overtaken-report-taken", pkg: hubPkg, decl: "Hub.report", state: true,
		old: "r.Generation < o.first || r.Generation < o.Taken", new: "r.Generation < o.first",
		breaks: "a late report about an older document counts for the newer one", test: "^TestLateReports$",
	},
	{ // put in by hand once, noticed by nobody
		name: "predecessor-report-taken", pkg: hubPkg, decl: "Hub.report",
		old: "r.Generation < o.first || r.Generation < o.Taken", new: "r.Generation < o.Taken",
		breaks: "a report about a removed thing counts for its successor of the same name",
		test:   "^TestLateReports$",
	},
	{ // put in by hand once, not noticed by the simulation
		name: "gone-when-taken", pkg: hubPkg, decl: "Order.Gone", state: true,
		old: "o.Acknowledged >= o.Generation", new: "o.Taken >= o.Generation",
		breaks: "a removal counts as done when the host has read it", test: "^TestLateReports$",
	},
	{
		name: "done-when-ready-once", pkg: hubPkg, decl: "Order.Done", state: true,
		old: "return o.Acknowledged >= o.Generation && o.Status.Ready", new: "return o.Status.Ready",
		breaks: "a change counts as done because its predecessor was", test: "^TestOrderToReportAndBack$",
	},
	{
		name: "floor-not-raised", pkg: hubPkg, decl: "drop", state: true,
		old: "return raiseFloor(tx, o.Host, o.Generation)", new: "return nil",
		breaks: "a new document is older than the removal that the host holds", test: "^TestNewerThanWhatWasForgotten$",
	},
	{
		name: "generation-stands", pkg: hubPkg, decl: "putOver", state: true,
		old:    "o.Generation++",
		new:    "_ = o.Generation",
		breaks: "a changed document is never sent",
		test:   "^TestGenerationTooFarAhead$",
	},
	{
		name: "owner-stolen", pkg: hubPkg, decl: "putOver",
		old: "case o.Owner != owner && !o.Gone():", new: "case o.Owner != owner && o.Generation < 0:",
		breaks: "one object orders away what belongs to another", test: "^TestOwnerAndNames$",
	},
	{
		name: "first-life-counts", pkg: hubPkg, decl: "putOver",
		old:    "o.first, o.Taken, o.Acknowledged, o.Status, o.Lost = o.Generation+1, 0, 0, plan.Status{}, false",
		new:    "o.first, o.Taken, o.Lost = o.Generation+1, 0, false",
		breaks: "what was said of a removed thing counts for its successor", test: "^TestLateReports$",
	},
	{
		name: "unknown-not-adopted", pkg: hubPkg, decl: "Hub.report", state: true,
		old: "unknown = unknown || !known", new: "unknown = unknown || known && false",
		breaks: "what only the host has is forgotten", test: "^TestUnknownReportAdopts$",
	},
	{
		name: "held-sent", pkg: hubPkg, decl: "Hub.pending", state: true,
		old: "taken < generation AND held = 0", new: "taken < generation AND held >= 0",
		breaks: "a restored store overwrites what the host has before it was looked at", test: "^TestHeldUntilTheReconcilerLooked$",
	},
	{
		name: "lost-host-served", pkg: hubPkg, decl: "Hub.exchange",
		old: "return plan.Reply{StandDown: true}, l.save(tx)", new: "return plan.Reply{}, l.save(tx)",
		breaks: "a host that was given up runs on beside its successor", test: "^TestLostHost$",
	},
	{
		name: "stale-session-taken", pkg: hubPkg, decl: "Hub.current", state: true,
		old:    "req.Session != 0 && req.Session == l.Session && l.incarnation == h.incarnation()",
		new:    "req.Session != 0 && l.incarnation == h.incarnation()",
		breaks: "an older session of a host is believed",
		test:   "^TestStaleSession$",
	},
	{
		name: "missed-not-lost", pkg: hubPkg, decl: "Hub.missed", state: true,
		old:    "o.Lost = true",
		new:    "o.Lost = o.Lost && true",
		breaks: "a disk that the host lost is not known as lost",
		test:   "^TestReinstalledHost$",
	},
	{
		name: "lie-about-future", pkg: hubPkg, decl: "tooFarAhead",
		old:    "generation <= max(known, maxAhead)",
		new:    "generation <= max(known, maxAhead<<20)",
		breaks: "a host that says the greatest number is dumb for good",
		test:   "^TestGenerationTooFarAhead$",
	},
	{
		name: "lost-removal-waits", pkg: hubPkg, decl: "DeclareLost",
		old: "CASE WHEN absent = 1 THEN generation ELSE acknowledged END", new: "acknowledged", state: true,
		breaks: "what was being removed from a lost host is never gone", test: "^TestLostHost$",
	},
}

var reconcileMutants = []mutant{
	{
		name: "policy-done-too-soon", pkg: reconcilePkg, decl: "policyBehind",
		old: "o.Absent || !o.Done()", new: "o.Absent && !o.Done()",
		breaks: "a policy is shown as carried out by a host that did not", test: "^TestPolicyWaits$",
	},
	{
		name: "binding-never-done", pkg: reconcilePkg, decl: "carried", state: true,
		old: "ip.Rebound, ip.SeenPolicyID = false, 0", new: "ip.SeenPolicyID = 0",
		breaks: "a policy waits for ever for an address that was bound", test: "^TestPolicyLives$",
	},
	{ // put in by hand once, not noticed by the simulation
		name: "event-end-unwritten", pkg: reconcilePkg, decl: "end", state: true,
		old:    "return store.Add(tx, &e)",
		new:    "return nil",
		breaks: "an operation begins and never ends",
		test:   "^TestCreation$",
	},
	{ // put in by hand once, not noticed by the simulation
		name: "capacity-not-given-back", pkg: reconcilePkg, decl: "machine.gone", state: true,
		old:    "h.UsedVCPU -= s.VCPU",
		new:    "",
		breaks: "a removed server keeps its processors",
		test:   "^TestImageGoesWhenRemoved$",
	},
	{ // put in by hand once, not noticed by the simulation
		name: "disk-not-given-back", pkg: reconcilePkg, decl: "machine.closeVolume", state: true,
		old: "h.UsedGB -= v.SizeGB", new: "", breaks: "a removed disk keeps its place", test: "^TestChanges$",
	},
	{
		name: "servers-not-counted-back", pkg: reconcilePkg, decl: "machine.gone", state: true,
		old: "h.Servers--", new: "", breaks: "a host counts servers that are gone", test: "^TestImageGoesWhenRemoved$",
	},
	{ // put in by hand once, not noticed by the simulation
		name: "lost-disk-made-blank", pkg: reconcilePkg, decl: "machine.orderVolume", state: true,
		old:    "Create: !v.Built",
		new:    "Create: true",
		breaks: "a lost disk is made anew, blank",
		test:   "^TestDocuments$",
	},
	{
		name: "closed-before-gone", pkg: reconcilePkg, decl: "machine.removing", state: true,
		old:    "if !o.Gone() {",
		new:    "if !o.Gone() && o.Generation < 0 {",
		breaks: "a server is closed while hosts still run it",
		test:   "^TestRemovalWaits$",
	},
	{
		name: "addresses-kept", pkg: reconcilePkg, decl: "machine.gone", state: true,
		old: "for _, ip := range m.ips { if err := letGo(tx, ip); err != nil { return err } }", new: "",
		breaks: "a removed server keeps its addresses", test: "^TestImageGoesWhenRemoved$",
	},
	{
		name: "kept-address-freed", pkg: reconcilePkg, decl: "letGo",
		old: `if ip.Leaving != "keep" {`, new: `if ip.Leaving != "" || ip.Leaving == "" {`,
		breaks: "an address that the member wanted to keep goes to somebody else", test: "^TestAddressLeavesLater$", state: true,
	},
	{
		name: "address-freed-early", pkg: reconcilePkg, decl: "machine.settleAddresses",
		old: "o != nil && o.Acknowledged < o.Generation", new: "o != nil && o.Taken < 0",
		breaks: "an address is given away while a router still translates it", test: "^TestAddressLeavesLater$", state: true,
	},
	{
		name: "never-gives-up", pkg: reconcilePkg, decl: "machine.finish", state: true,
		old: "if !failed && (limit == 0 || waited < limit) {", new: "if !failed || waited < 0 {",
		breaks: "a change that cannot be made is under way for ever", test: "^TestAddressOfAFailedCreation$",
	},
	{
		name: "rollback-keeps-hardware", pkg: reconcilePkg, decl: "machine.rollback", state: true,
		old:    "h.UsedVCPU += s.VCPU - vcpu",
		new:    "_ = vcpu",
		breaks: "a change that gave up keeps the processors it wanted",
		test:   "^TestGivingUp$",
	},
	{
		name: "rollback-keeps-layer", pkg: reconcilePkg, decl: "machine.rollback",
		old: `if v.SeenLayer != "" {`, new: `if v.SeenLayer != "" && v.Layer == "" {`,
		breaks: "a restore that gave up is carried out later", test: "^TestGivenUpReinstall$",
	},
	{
		name: "guest-off-fought", pkg: reconcilePkg, decl: "machine.guestOff", state: true,
		old:    "m.s.On = false",
		new:    "m.s.On = m.s.On && true",
		breaks: "a guest that shut down is started again",
		test:   "^TestGuestPowersOff$",
	},
	{
		name: "snapshot-parent-lost", pkg: reconcilePkg, decl: "machine.closeSnapshot",
		old:    "o.ParentID = s.ParentID",
		new:    "o.ParentID = 0",
		breaks: "the tree of snapshots falls apart",
		test:   "^TestPointUnderAClone$",
	},
	{
		name: "grace-never-over", pkg: reconcilePkg, decl: "graceOver",
		old:    "s.Remove = cloud.Now",
		new:    "s.Remove = cloud.AfterGrace",
		breaks: "what waits for its grace period waits for ever",
		test:   "^TestLostInTheGracePeriod$",
	},
	{
		name: "project-closed-early", pkg: reconcilePkg, decl: "Reconciler.projectsOver",
		old: "case err == nil: return false, nil", new: "case err == nil: _ = rt",
		breaks: "a project loses its router while machines are in it", test: "^TestRouterWaitsForMachines$",
	},
	{
		name: "router-address-kept", pkg: reconcilePkg, decl: "closeProject", state: true,
		old:    "if err == nil { err = store.ReleaseIP(tx, float) }",
		new:    "_ = float",
		breaks: "closed projects keep public addresses",
		test:   "^TestEmptyProjectCloses$",
	},
	{
		name: "card-closed-too-early", pkg: reconcilePkg, decl: "machine.settleCards",
		old: "o == nil || !o.Done()", new: "o == nil",
		breaks: "the address of a card is free while its guest has it", test: "^TestCardsGivenUp$",
	},
	{
		name: "card-stays-when-given-up", pkg: reconcilePkg, decl: "machine.rollbackCards",
		old: "n.Removing = true", new: "n.Removing = false",
		breaks: "a network that a server could not join is shown as its own", test: "^TestCardsGivenUp$",
	},
	{
		name: "address-not-remembered", pkg: reconcilePkg, decl: "machine.closeCard",
		old: "n.Had = ip.Addr.String()", new: "n.Had = \"\"",
		breaks: "whoever comes back to a network gets another address", test: "^TestPrivateNetworkOnHosts$",
	},
	{
		name: "network-left-behind", pkg: reconcilePkg, decl: "spread",
		old:    "if err := put(tx, o.Host, o.Kind, o.Object, nil, owner); err != nil {",
		new:    "if o.Host < 0 {",
		state:  true,
		breaks: "networks and images stay on hosts that need them no more", test: "^TestEmptyProjectCloses$",
	},
	{
		name: "times-in-future", pkg: reconcilePkg, decl: "PullTimes",
		old: "`UPDATE \"`+table+`\" SET \"moved_at\" = $1 WHERE \"moved_at\" > $1`,", new: "",
		breaks: "after a clock was ahead nothing gives up", test: "GivingUpHalfway|^TestSweep$",
	},
	{
		name: "expiry-starves", pkg: reconcilePkg, decl: "eachDue",
		old:    "if !moved { next++ }",
		new:    "_ = moved",
		breaks: "what cannot expire keeps others from expiring",
		test:   "DueBehindTheStuck",
	},
	{
		name: "retry-forgotten", pkg: reconcilePkg, decl: "machine.giveUp",
		old:    "retryIn(m.tx, s, retryEvery)",
		new:    "",
		breaks: "a creation that gave up is never tried again",
		test:   "CreationIsTriedAgain",
	},
}

var controlMutants = []mutant{
	{ // put in by hand once, not noticed by the simulation
		name: "event-left-open", pkg: controlPkg, decl: "Txn.replace", state: true,
		old:    "return store.Insert(t.Tx, &end)",
		new:    "return nil",
		breaks: "an operation that was replaced never ends",
		test:   "^TestReplacedOperationEnds$",
	},
	{
		name: "placement-not-counted", pkg: controlPkg, decl: "Txn.placeOn", state: true,
		old: "h.UsedRAM += need.RAM", new: "", breaks: "hosts take more memory than they have", test: "ParallelCreations|PlaceOnHosts",
	},
	{
		name: "resize-not-counted", pkg: controlPkg, decl: "Txn.reserve", state: true,
		old:    "h.UsedRAM += ram",
		new:    "",
		breaks: "a larger server does not count as larger",
		test:   "^TestWhatAServerTakes$",
	},
	{
		name: "boot-not-counted", pkg: controlPkg, decl: "Txn.power",
		old:    `change, action = cloud.Reboot, "RESTART" s.Boot++`,
		new:    `change, action = cloud.Reboot, "RESTART"`,
		breaks: "a reboot is answered and not carried out", test: "VerbsInSituations",
	},
	{
		name: "snapshot-layer-forgotten", pkg: controlPkg, decl: "Txn.layer",
		old:    "v.Layer = name",
		new:    "v.Layer = v.Layer + \"\"",
		breaks: "a restore changes nothing",
		test:   "^TestWhatAServerTakes$",
	},
	{
		name: "answer-not-kept", pkg: controlPkg, decl: "do",
		old:    "if useKey { rec :=",
		new:    "if useKey && call.Key == \"\" { rec :=",
		breaks: "a repeated request is carried out twice",
		test:   "RepeatAnswersTheSame",
	},
	{
		name: "key-of-another-request", pkg: controlPkg, decl: "replay",
		old: "if !bytes.Equal(rec.Digest, digest) {", new: "if !bytes.Equal(rec.Digest, digest) && len(digest) == 0 {",
		breaks: "another request under a used key gets the answer of the first", test: "KeyOfAnotherRequest",
	},
	{
		name: "repeat-without-permission", pkg: controlPkg, decl: "replay",
		old: "for _, q := range rec.Asked {", new: "for _, q := range rec.Asked[:0] {",
		breaks: "whoever lost a permission still gets answers that are kept", test: "RepeatAsksAgain",
	},
	{
		name: "dry-run-written", pkg: controlPkg, decl: "do",
		old: "return errDryRun", new: "return nil", breaks: "a dry run is carried out", test: "PreviewOfACreation",
	},
	{ // put in by hand once, noticed by nobody
		name: "permission-not-asked", pkg: controlPkg, decl: "kind.Create",
		old: "func() error { return k.mayMake(t, r) }", new: "func() error { return nil }",
		breaks: "whoever may only read makes things", test: "^TestWritesOfKinds$",
	},
	{ // put in by hand once, noticed by nobody
		name: "write-without-event", pkg: controlPkg, decl: "kind.Change",
		old:    `t.record("UPDATE", k.about(r))`,
		new:    `error(nil)`,
		breaks: "a change is in no log",
		test:   "^TestWritesOfKinds$",
	},
	{
		name: "event-without-end", pkg: controlPkg, decl: "Txn.record", state: true,
		old:    "return store.Insert(t.Tx, &end)",
		new:    "return nil",
		breaks: "a finished operation shows as under way",
		test:   "^TestWritesOfKinds$",
	},
	{
		name: "address-of-another", pkg: controlPkg, decl: "newServer.addresses",
		old: "if ip.MemberID != s.MemberID || ip.Kind != cloud.PublicIP {", new: "if ip.Kind != cloud.PublicIP {",
		breaks: "a member uses the address of another one", test: "^TestAddressLife$",
	},
	{
		name: "address-used-twice", pkg: controlPkg, decl: "newServer.addresses",
		old:    "if ip.PrivateID != 0 {",
		new:    "if ip.PrivateID < 0 {",
		breaks: "one public address leads to two servers",
		test:   "NamedAddresses|AddressLife",
	},
	{
		name: "closed-written", pkg: controlPkg, decl: "alive",
		old:    "m.Closed == nil",
		new:    "m.Closed == nil || name != noun",
		breaks: "what is closed can be changed",
		test:   "^TestClosedTakesNoChange$",
	},
	{
		name: "disk-shrinks", pkg: controlPkg, decl: "Txn.growDisk",
		old:    "if gb < v.SizeGB {",
		new:    "if gb < 0 {",
		breaks: "a disk is cut off, with what is on it",
		test:   "^TestWhatAServerTakes$",
	},
	{
		name: "disks-under-snapshot", pkg: controlPkg, decl: "Txn.diskLayout",
		old:    "if len(snaps) > 0 {",
		new:    "if len(snaps) < 0 {",
		breaks: "disks change under a snapshot of them",
		test:   "SnapshotRules",
	},
	{
		name: "foreign-snapshot", pkg: controlPkg, decl: "Txn.snapshotOf",
		old:    "if snap.ServerID != s.ID || snap.Hidden {",
		new:    "if snap.Hidden {",
		breaks: "a server is put back to a point of another one",
		test:   "^TestWhatAServerTakes$",
	},
	{
		name: "quota-not-asked", pkg: controlPkg, decl: "do",
		old:    "if err := t.withinQuota(before); err != nil { return err }",
		new:    "_ = before",
		breaks: "a member takes more than its quota",
		test:   "^TestQuota$",
	},
	{
		name: "change-not-permitted", pkg: controlPkg, decl: "kind.Change",
		old: "func() error { return k.may(t, p, r, k.change, true) }", new: "func() error { return nil }",
		breaks: "whoever may only read changes things", test: "^TestWritesOfKinds$",
	},
	{
		name: "removal-not-permitted", pkg: controlPkg, decl: "kind.find",
		old: "err = k.may(t, p, r, flag, write)", new: "err = k.may(t, p, r, k.show, write)",
		breaks: "whoever may change things removes them", test: "^TestWritesOfKinds$",
	},
	{
		name: "list-of-all", pkg: controlPkg, decl: "kind.inSight",
		old: "cloud.And(within, k.only, q.Where)", new: "cloud.And(cloud.Or(within, cloud.And()), k.only, q.Where)",
		breaks: "everybody sees what belongs to others", test: "^TestWritesOfKinds$",
	},
	{
		name: "server-not-permitted", pkg: controlPkg, decl: "Txn.createServer",
		old:    `err := t.may("servers.create", true, auth.Owned{MemberID: a.Member0(), SiteID: a.Site0()})`,
		new:    `err := error(nil)`,
		breaks: "whoever may only read makes servers",
		test:   "^TestWritesOfKinds$",
	},
	{
		name: "flag-of-another-part", pkg: controlPkg, decl: "Txn.mayChange",
		old: `actions = append(actions, "vm.nat")`, new: `_ = actions`,
		breaks: "whoever may rename a machine gives it public addresses", test: "Flag|Role|May|Change",
	},
	{
		name: "creation-without-event", pkg: controlPkg, decl: "kind.Create",
		old: `t.record("CREATE", k.about(r))`, new: `error(nil)`,
		breaks: "a creation is in no log", test: "^TestWritesOfKinds$",
	},
	{
		name: "removal-without-event", pkg: controlPkg, decl: "kind.Delete",
		old: `t.record("DELETE", k.about(r))`, new: `nil`,
		breaks: "a removal is in no log", test: "^TestWritesOfKinds$",
	},
}

var hostMutants = []mutant{
	{
		name: "forbidden-talk-goes-on", pkg: nftPkg, decl: "stale.MatchConntrackFlow",
		old: "if s.Own(from) || s.Own(real) {", new: "if s.Inside(from) || s.Inside(real) {",
		breaks: "a connection that the rules no longer allow goes on", test: "^TestStaleFlows$",
	},
	{
		name: "less-is-not-narrower", pkg: nftPkg, decl: "program.delta",
		old:    "list(less))\nnarrows = true",
		new:    "list(less))",
		breaks: "nobody looks for connections by an address that was taken away",
		test:   "^TestSmallChangesAreSmall$",
	},
	{
		name: "guest-advertises-routers", pkg: nftPkg, decl: "guard6",
		old: "{ nd-router-advert, nd-redirect }", new: "nd-redirect",
		breaks: "a guest is its neighbours' router", test: "^TestGolden$",
	},
	{
		name: "echo-past-a-block", pkg: filterPkg, decl: "Compiled.Judge",
		old: "case pub != nil && pub.BlockIn:", new: "case pub != nil && pub.BlockIn && p.Protocol != ICMP:",
		breaks: "a packet to a blocked address is said to pass", test: "^TestJudge$",
	},
	{ // put in by hand once, not noticed by the simulation
		name: "removal-does-not-wait", pkg: hostPkg, decl: "Agent.waits", state: true,
		old: "if it.doc.Absent {", new: "if it.doc.Absent && it.doc.Generation < 0 {",
		breaks: "a disk is removed under a running machine", test: "RemovalWaitsForUsers",
	},
	{
		name: "older-document-taken", pkg: hostPkg, decl: "Agent.take",
		old: "if doc.Generation <= it.doc.Generation {", new: "if doc.Generation == it.doc.Generation {",
		breaks: "a late order takes a newer one back", test: "OlderGeneration",
	},
	{
		name: "taken-before-written", pkg: hostPkg, decl: "Agent.take",
		old:    "return a.opt.Folder.Write(fileOf(ref), b)",
		new:    "_ = b\nreturn nil",
		breaks: "an order is lost when the agent ends",
		test:   "RestartCarriesOut",
		state:  true,
	},
	{
		name: "overtaken-step-counts", pkg: hostPkg, decl: "Agent.settle", state: true,
		old:    "current := it.doc.Generation == doc.Generation && it.doc.Absent == doc.Absent",
		new:    "current := it.doc.Kind == doc.Kind",
		breaks: "what was done for an older document counts for the newer one", test: "^TestNewsDuringAStep$",
	},
	{
		name: "wake-during-step-lost", pkg: hostPkg, decl: "Agent.settle",
		old:    "!current || it.woken",
		new:    "!current",
		breaks: "what is waited for is there, and nobody looks",
		test:   "^TestNewsDuringAStep$",
	},
	{
		name: "stands-not-down", pkg: hostPkg, decl: "Agent.standDown",
		old:    "return a.leaveAll()",
		new:    "return nil",
		breaks: "a host that was given up goes on running servers",
		test:   "^TestStandDownAtOnce$",
	},
	{
		name: "disk-removed-standing-down", pkg: hostPkg, decl: "Agent.leaveAll",
		old: "if ref.Kind == plan.KindVolume || ref.Kind == plan.KindImage {", new: "if ref.Kind == plan.KindImage {",
		breaks: "a host that was given up destroys the disks that a person might save", test: "StandDown",
	},
	{
		name: "dropped-though-newer", pkg: hostPkg, decl: "Agent.drop",
		old: "it == nil || !it.doc.Absent || it.doc.Generation != d.Generation", new: "it == nil",
		breaks: "a new order is forgotten because the one before is done", test: "DropAfter",
	},
	{
		name: "report-lost", pkg: hostPkg, decl: "Agent.confirm",
		old:    "ok && rev == it.rev",
		new:    "ok && rev <= it.rev",
		breaks: "what happened during an exchange is never told",
		test:   "ReportsUntil",
		state:  true,
	},
	{
		name: "before-forgotten", pkg: hostPkg, decl: "Agent.take",
		old: "before = union(it.before, uses(it.body))", new: "before = nil",
		breaks: "what a machine still uses is removed when its document says otherwise", test: "RemovesInReverse|RemovalWaits",
	},
}

var dialectMutants = []mutant{
	{
		name: "removing-shown-off", pkg: oneandonePkg, decl: "serverStateWhen",
		old: "Then: removing}, // CloudCIX 8, 14 and 9 (R7).", new: "Then: poweredOff}, // CloudCIX 8, 14 and 9 (R7).",
		breaks: "a server that goes away looks like one that is off", test: "State|Delete|Removing",
	},
	{
		name: "percent-zero-later", pkg: oneandonePkg, decl: "statusOf",
		old:    "if fresh {",
		new:    "if !fresh {",
		breaks: "clients take work that began for finished",
		test:   "Percent|Status|State",
	},
	{
		name: "query-not-in-digest", pkg: oneandonePkg, decl: "api.before",
		old:    "r.HTTP.URL.RequestURI()",
		new:    "r.HTTP.URL.EscapedPath()",
		breaks: "a DELETE that keeps addresses repeats as one that does not",
		test:   "Repeat|Key|Idempot",
	},
	{
		name: "forwarded-believed", pkg: oneandonePkg, decl: "sourceOf",
		old: "netip.ParseAddrPort(r.RemoteAddr)", new: "netip.ParseAddrPort(r.Header.Get(\"X-Forwarded-For\"))",
		breaks: "callers choose the address that allow lists see", test: "Source|Allow|Address",
	},
	{
		name: "keep-ignored", pkg: oneandonePkg, decl: "api.serverIPs",
		old:    "in.Keep = f.keepIP()",
		new:    "_ = f.keepIP()",
		breaks: "an address that was to be kept is given away",
		test:   "Keep|IP",
	},
	{
		name: "disks-while-deploying", pkg: oneandonePkg, decl: "shapeIn",
		old:    "if state == deploying {",
		new:    "if state == deploying+\"?\" {",
		breaks: "clients take a disk that is not there",
		test:   "Deploying|View|Create|Shape",
	},
	{
		name: "write-rate-free", pkg: oneandonePkg, decl: "api.count",
		old: "cost := 1", new: "cost := 0", breaks: "nobody is held back who writes too often", test: "Rate",
	},
	{
		name: "two-primaries", pkg: cloudcixPkg, decl: "storagesIn",
		old:    `if mains != 1 && !f.has("storages") {`,
		new:    `if mains < 1 && !f.has("storages") {`,
		breaks: "a machine with two primary storages gets a wrong error",
		test:   "Error|Storage|Create",
	},
	{
		name: "unknown-state-taken", pkg: cloudcixPkg, decl: "form.state",
		old:    "case *n < -1 || *n > 17 && *n != cloud.StateClosed:",
		new:    "case *n < -1:",
		breaks: "a state that there is not is answered with another error",
		test:   "Error|State",
	},
	{
		name: "token-not-needed", pkg: cloudcixPkg, decl: "API.before",
		old: "if err := a.often(r.Context(), actor.UserID(), true); err != nil { return err } r.With", new: "r.With",
		breaks: "nobody is held back who asks too often", test: "Rate|Often|Many",
	},
	{
		name: "nat-left-out-is-off", pkg: cloudcixPkg, decl: "natIn",
		old:    "if told {",
		new:    "if told || !on {",
		breaks: "an address that is not mentioned loses its translation",
		test:   "NAT|Address|Update",
	},
	{
		name: "name-twice", pkg: cloudcixPkg, decl: "serverCreate",
		old:    "Limits: limits, UniqueName: true, Cores: 1,",
		new:    "Limits: limits, Cores: 1,",
		breaks: "two machines of a project have one name",
		test:   "Name|Error|Create",
	},
	{ // put in by hand once, noticed by nobody
		name: "filter-not-applied", pkg: cloudcixPkg, decl: "list.conds",
		old:    "if all[i], err = l.cols[f.Name].cond(f); err != nil {",
		new:    `if all[i], err = l.cols[f.Name].cond(f); f.Op == "gte" { all[i] = cloud.And() } else if err != nil {`,
		breaks: "a filter of a list keeps nothing back", test: "^TestEveryList$",
	},
	{
		name: "exclusion-not-applied", pkg: cloudcixPkg, decl: "list.query",
		old: "all[i] = cloud.Not(all[i])", new: "_ = i",
		breaks: "what is excluded from a list is all that is in it", test: "^TestEveryList$",
	},
	{
		name: "filter-of-another-column", pkg: cloudcixPkg, decl: "listing.column",
		old: "c.field = name", new: `if c.field = name; name == "created" { c.field = "updated" }`,
		breaks: "a filter looks at another column than its name says", test: "^TestEveryList$",
	},
	{
		name: "search-finds-all", pkg: oneandonePkg, decl: "long.search",
		old: "!ok || err != nil", new: "!ok && left < 0 || err != nil",
		breaks: "a search of a list keeps nothing back", test: "^TestEveryList$",
	},
	{ // put in by hand once, noticed by nobody
		name: "number-of-another-error", pkg: cloudcixPkg, decl: "codes",
		old: `"name.long": 106, "name.used": 107,`, new: `"name.long": 107, "name.used": 106,`,
		breaks: "a client is told another error than the one that it made", test: "Project|Error",
	},
	{
		name: "number-forgotten", pkg: cloudcixPkg, decl: "codes",
		old: `"project.early": 104,`, new: ``,
		breaks: "an error has no number", test: "^TestCodesHaveNumbers$",
	},
	{
		name: "status-of-another-error", pkg: oneandonePkg, decl: "errorType",
		old: "case cloud.Conflict, cloud.Busy, cloud.InUse, cloud.Exhausted:", new: "case cloud.Conflict, cloud.Busy, cloud.InUse:",
		breaks: "what is used up is answered as an internal error", test: "^TestErrorTable$|^TestEveryRefusal$",
	},
	{ // put in by hand once, noticed by nobody
		name: "allowance-missing", pkg: contractPkg, decl: "Allowed",
		old: `{Dialect: "oneandone", Op: "renameSshKey", Where: "body.description", Reason: echo},`, new: ``,
		breaks: "the watcher complains about what a contract promises", test: "^TestAllowances$",
	},
	{
		name: "allowance-for-all", pkg: contractPkg, decl: "Allowance.allows",
		old: `a.Op != "" && a.Op != op`, new: `a.Op != "" && a.Op != op && op == ""`,
		breaks: "the watcher lets everything pass that is allowed somewhere", test: "^TestAllowances$|Allowed|Watch",
	},
}
