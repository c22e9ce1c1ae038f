"""`/simulator/`: the phone, its forms, and Meta's Graph API."""

from django.urls import path

from apps.simulator import acts, more_acts, views

app_name = "simulator"

urlpatterns = [
    path("", views.phone, name="phone"),
    path("graph/<path:path>", views.graph, name="graph"),
    path("media/<str:media_id>", acts.media, name="media"),
    path("customers/", acts.invent, name="invent"),
    path("<str:key>/updates", views.updates, name="updates"),
    path("<str:key>/text", acts.write, name="write"),
    path("<str:key>/file", acts.send_file, name="send_file"),
    path("<str:key>/place", acts.send_place, name="send_place"),
    path("<str:key>/choose", acts.choose, name="choose"),
    path("<str:key>/react", acts.react, name="react"),
    path("<str:key>/do", more_acts.do, name="do"),
    path("<str:key>/delete", more_acts.delete, name="delete"),
    path("<str:key>/decide", more_acts.decide, name="decide"),
    path("<str:key>/repeat", acts.repeat, name="repeat"),
    path("<str:key>/window", acts.close_window, name="close_window"),
    path("<str:key>/faults", acts.set_faults, name="set_faults"),
    path("<str:key>/traffic", acts.clear_traffic, name="clear_traffic"),
]
