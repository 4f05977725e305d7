package oneandone

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

func powerIn(f *form) control.PowerIn {
	f.needed("action")
	in := control.PowerIn{
		Pick:   f.parent(),
		Action: control.Action(oneOf(f.body, &f.bad, "action", "", string(control.PowerOn), string(control.PowerOff), string(control.Reboot))),
		Hard:   oneOf(f.body, &f.bad, "method", "SOFTWARE", "SOFTWARE", "HARDWARE") == "HARDWARE",
	}
	recovery := boolean(f.body, &f.bad, "recovery_mode")
	f.textIf("recovery_image_id") // says something only with recovery_mode
	if recovery != nil && *recovery {
		f.bad.Add(cloud.Errorf(cloud.NotBuilt, "recovery", "booting a recovery image is not built yet").On("recovery_mode"))
	}
	return in
}
