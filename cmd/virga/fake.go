package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/virga-cloud/virga/internal/cloud"
)

// fakeImages registers the catalogue that old clients and their test suites
// ask for by name (oneandone.md section 14). There are no bytes behind them:
// fake hosts need none.
func (n *node) fakeImages(ctx context.Context) error {
	for _, i := range []cloud.Image{
		{Name: "tiny", DisplayName: "Tiny", OS: "Linux", OSVersion: "Tiny", MinGB: 1, CloudInit: true},
		{Name: "debian12-64min", DisplayName: "Debian 12", OS: "Debian", OSVersion: "Debian12", MinGB: 3, CloudInit: true},
		{Name: "centos6-64min", DisplayName: "CentOS 6", OS: "CentOS", OSVersion: "Centos6", MinGB: 20},
		{Name: "centos7-64min", DisplayName: "CentOS 7", OS: "CentOS", OSVersion: "Centos7", MinGB: 20},
		{Name: "CoreOS_Stable_64std", DisplayName: "CoreOS", OS: "CoreOS", OSVersion: "CoreOS", MinGB: 20, CloudInit: true},
		{Name: "ubuntu1404-64std", DisplayName: "Ubuntu 14.04", OS: "Ubuntu", OSVersion: "Ubuntu14.04", MinGB: 20, CloudInit: true},
		{Name: "ubuntu1604-64std", DisplayName: "Ubuntu 16.04", OS: "Ubuntu", OSVersion: "Ubuntu16.04", MinGB: 20, CloudInit: true},
		{
			Name: "w2012r2datacenter64std", DisplayName: "Windows 2012",
			OS: "WindowsDatacenter", OSVersion: "Windows2012R2", Family: "Windows", MinGB: 40, SKU: "MSServer_011",
		},
	} {
		i.Kind, i.Public, i.Architecture, i.ImageType, i.Type, i.ServerType = cloud.Appliance, true, 64, "MINIMAL", "IMAGE", 2
		i.Compatible, i.MultipleIPs, i.Filename = []string{"cloud", "baremetal"}, true, i.Name+".qcow2"
		if i.Family == "" {
			i.Family = "Linux"
		}
		if err := n.fakeImage(ctx, i); err != nil {
			return err
		}
	}
	for _, name := range []string{"centos 6.9", "debian 12 netinst", "ubuntu 16.04", "freebsd 11", "gparted live", "memtest86+"} {
		i := cloud.Image{Kind: cloud.ISOImage, Name: name, Public: true, Family: "Linux", OS: name, OSVersion: name, Architecture: 64, Type: "OS"}
		if err := n.fakeImage(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) fakeImage(ctx context.Context, i cloud.Image) error {
	sum := sha256.Sum256([]byte("fake " + string(i.Kind) + " " + i.Name))
	i.Digest, i.SizeBytes = hex.EncodeToString(sum[:]), 1<<20
	_, err := n.ctl.AddImage(ctx, i)
	return err
}
