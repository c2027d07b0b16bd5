"""The key nodes as GraphML, for Gephi and the like."""

from xml.etree.ElementTree import Element, SubElement, tostring

from review.analysis.key_nodes import KeyNodes

_NODE_KEYS = (
    ("account", "string"), ("platform", "string"), ("at", "string"), ("role", "string"), ("evidence", "string"), ("direct", "long"), ("downstream", "long"),
)  # fmt: skip


def key_nodes_graphml(found: KeyNodes) -> bytes:
    """UTF-8 GraphML: nodes n1 … with their attributes (unknown ones left out), edges by style (solid explicit, dashed inferred, dotted way unknown).

    Names are as exported: the file may name people.
    """
    top = Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    for name, kind in _NODE_KEYS:
        SubElement(top, "key", {"id": name, "for": "node", "attr.name": name, "attr.type": kind})
    SubElement(top, "key", {"id": "style", "for": "edge", "attr.name": "style", "attr.type": "string"})
    graph = SubElement(top, "graph", id="spread", edgedefault="directed")
    for node in found.nodes:
        element = SubElement(graph, "node", id=f"n{node.number}")
        values = (node.card.author, node.platform, node.at.isoformat(), node.role, node.evidence, node.direct, node.downstream)
        for (name, _), value in zip(_NODE_KEYS, values, strict=True):
            if value is not None:
                SubElement(element, "data", key=name).text = str(value)
    for link in found.links:
        edge = SubElement(graph, "edge", source=f"n{link.source}", target=f"n{link.target}")
        SubElement(edge, "data", key="style").text = link.style
    made: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return made
