"""Checks exported events against the OCSF schema as the package py-ocsf-models has it: the base event, and each object in it."""
import json
import sys

from py_ocsf_models.events.base_event import BaseEvent
from py_ocsf_models.objects.api import API
from py_ocsf_models.objects.metadata import Metadata
from py_ocsf_models.objects.policy import Policy
from py_ocsf_models.objects.resource_details import ResourceDetails
from py_ocsf_models.objects.url import URL
from py_ocsf_models.objects.user import User


def check(model, value, extra=()):
    """Valid, and nothing in it that the schema does not know."""
    model.model_validate(value, strict=False)
    unknown = set(value) - set(model.model_fields) - set(extra)
    assert not unknown, f"{model.__name__} does not know {unknown}"


# What the class API Activity (6003) adds to the base event.
ACTIVITY = {
    "category_uid", "category_name", "class_uid", "class_name", "activity_id", "activity_name", "type_uid", "type_name", "time",
    "action_id", "disposition_id", "count", "actor", "api", "src_endpoint", "http_request", "resources", "authorizations",
}
count = 0
for line in open(sys.argv[1]):
    event = json.loads(line)
    check(BaseEvent, event, ACTIVITY)
    assert event["class_uid"] == 6003 and event["category_uid"] == 6 and event["type_uid"] == 600300 + event["activity_id"]
    assert isinstance(event["time"], int) and event["action_id"] in (1, 2, 3)
    check(Metadata, event["metadata"])
    check(User, event["actor"]["user"])
    check(API, event["api"])
    for resource in event.get("resources", []):
        check(ResourceDetails, resource)
    for authorization in event["authorizations"]:
        check(Policy, authorization["policy"])
    if "http_request" in event:
        check(URL, event["http_request"]["url"])
    count += 1
assert count > 0
print(f"{count} events fit")
