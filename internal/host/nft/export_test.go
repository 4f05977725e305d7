package nft

// ChangeIn and NsidOf read what the kernel says; for the fuzz test.
var (
	ChangeIn = changeIn
	NsidOf   = nsidOf
)
