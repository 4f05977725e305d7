package oneandone

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

func powerIn(r *wire.Request) (control.PowerIn, error) {
	body, err := r.Object()
	if err != nil {
		return control.PowerIn{}, err
	}
	var p cloud.Problems
	required(body, &p, "action")
	in := control.PowerIn{
		Action: control.Action(oneOf(body, &p, "action", "", string(control.PowerOn), string(control.PowerOff), string(control.Reboot))),
		Hard:   oneOf(body, &p, "method", "SOFTWARE", "SOFTWARE", "HARDWARE") == "HARDWARE",
	}
	recovery := boolean(body, &p, "recovery_mode")
	body.String(&p, "recovery_image_id") // says something only with recovery_mode
	if recovery != nil && *recovery {
		p.Add(cloud.Errorf(cloud.NotBuilt, "recovery", "booting a recovery image is not built yet").On("recovery_mode"))
	}
	return in, p.Err()
}
