"""torch.utils.draw_graph: what is collected, what is written, how it looks.

The pictures are taken with a headless Chromium where there is one.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import torch
from chromium import PROGRAM, Chromium
from torch import nn
from torch.utils import draw_graph
from torch.utils._draw_graph import _output
from torch.utils._draw_graph._autograd import autograd_graph
from torch.utils._draw_graph._graph import bytes_text
from torch.utils._draw_graph._modules import module_graph
from torch.utils.checkpoint import checkpoint

needs_layout = pytest.mark.skipif(
    not (shutil.which("dot") or shutil.which("node")), reason="neither dot nor node"
)


def mlp() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))


def mlp_loss(model: nn.Module) -> torch.Tensor:
    target = torch.tensor([0, 1, 2, 0, 1])
    return nn.functional.cross_entropy(model(torch.ones(5, 4)), target)


def names(module: nn.Module) -> dict[int, str]:
    return {id(p): name for name, p in module.named_parameters()}


def edges_by_title(graph) -> set[tuple[str, str]]:
    title = [node.title for node in graph.nodes]
    return {(title[edge.source], title[edge.target]) for edge in graph.edges}


class TestAutogradGraph:
    @pytest.fixture
    def graph(self):
        model = mlp()
        return autograd_graph({"loss": mlp_loss(model)}, names(model))

    def node(self, graph, title):
        return next(node for node in graph.nodes if node.title == title)

    def test_nodes_are_named_by_grad_fn_and_parameter(self, graph):
        titles = sorted(node.title for node in graph.nodes)
        assert titles == sorted(
            ["loss", "NllLossBackward0", "LogSoftmaxBackward0", "ReluBackward0"]
            + ["AddmmBackward0", "TBackward0"] * 2
            + ["0.weight", "0.bias", "2.weight", "2.bias"]
        )

    def test_edges_follow_the_forward_pass(self, graph):
        edges = edges_by_title(graph)
        assert ("0.weight", "TBackward0") in edges
        assert ("ReluBackward0", "AddmmBackward0") in edges
        assert ("NllLossBackward0", "loss") in edges
        assert len(graph.edges) == len(graph.nodes) - 1  # this graph is a tree

    def test_subtitle_is_the_shape_of_the_output(self, graph):
        assert self.node(graph, "ReluBackward0").subtitle == "(5, 8)"
        assert self.node(graph, "NllLossBackward0").subtitle == "scalar"
        assert self.node(graph, "2.weight").subtitle == "(3, 8)"

    def test_rows_are_the_saved_tensors(self, graph):
        assert self.node(graph, "ReluBackward0").rows == [("result", "(5, 8)")]
        assert ("target", "(5)") in self.node(graph, "NllLossBackward0").rows

    def test_details_tell_dtype_size_and_plain_values(self, graph):
        details = dict(self.node(graph, "NllLossBackward0").details)
        assert details["saved target"] == "(5) int64, 40 B, cpu"
        assert details["ignore_index"] == "-100"

    def test_saved_parameter_is_named(self):
        w = torch.ones(3, requires_grad=True)
        graph = autograd_graph({"y": w * torch.ones(3)}, {id(w): "w"})
        mul = self.node(graph, "MulBackward0")
        assert mul.rows == [("other", "(3)")]
        graph = autograd_graph({"y": w * w}, {id(w): "w"})
        mul = self.node(graph, "MulBackward0")
        assert mul.rows == [("other = w", "(3)"), ("self = w", "(3)")]

    def test_shared_function_is_one_node(self):
        x = torch.ones(2, requires_grad=True)
        y = x.exp()
        graph = autograd_graph({"z": y * y}, {})
        titles = [node.title for node in graph.nodes]
        assert titles.count("ExpBackward0") == 1
        assert len(graph.edges) == 4  # leaf, twice into the product, result

    def test_storage_saved_twice_counts_once(self):
        x = torch.ones(256, requires_grad=True)
        graph = autograd_graph({"y": x * x}, {})
        assert (
            graph.summary
            == "3 nodes · 256 elements in leaves · 1 KiB saved for backward"
        )

    def test_edge_names_an_output_beyond_the_first(self):
        first, second = torch.ones(4, requires_grad=True).split(2)
        graph = autograd_graph({"y": first + second}, {})
        assert sorted(edge.label for edge in graph.edges) == ["", "", "", "output 1"]

    def test_custom_function_has_its_own_kind(self):
        class Double(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return 2 * x

            @staticmethod
            def backward(ctx, grad):
                return 2 * grad

        y = Double.apply(torch.ones(3, requires_grad=True))
        node = self.node(autograd_graph({"y": y}, {}), "DoubleBackward")
        assert (node.kind, node.rows) == ("custom", [("tensor[0]", "(3)")])
        y.sum().backward()
        node = self.node(autograd_graph({"y": y}, {}), "DoubleBackward")
        assert node.rows == [] and ("tensor", "freed by backward") in node.details

    def test_freed_tensors_are_said_to_be_freed(self):
        y = torch.ones(3, requires_grad=True).exp().sum()
        y.backward()
        graph = autograd_graph({"y": y}, {})
        exp = self.node(graph, "ExpBackward0")
        assert ("result", "freed by backward") in exp.details and exp.rows == []

    def test_write_into_a_view_is_shown(self):
        y = torch.ones(4, requires_grad=True) * 2
        y[1:3].mul_(3)
        titles = {node.title for node in autograd_graph({"y": y}, {}).nodes}
        assert "torch::autograd::CopySlices" in titles

    def test_checkpointed_part_can_still_go_backward(self):
        x = torch.ones(3, requires_grad=True)
        y = checkpoint(lambda t: t.sin().exp(), x, use_reentrant=False).sum()
        titles = {node.title for node in autograd_graph({"y": y}, {}).nodes}
        assert {"SinBackward0", "ExpBackward0"} <= titles
        y.backward()
        expected = x.detach().sin().exp() * x.detach().cos()
        torch.testing.assert_close(x.grad, expected)

    def test_deep_chain_needs_no_recursion(self):
        y = x = torch.ones(1, requires_grad=True)
        for _ in range(5000):
            y = y * 1.0
        assert len(autograd_graph({"y": y}, {id(x): "x"}).nodes) == 5002

    def test_leaf_alone_is_its_graph(self):
        x = torch.ones(2, requires_grad=True)
        graph = autograd_graph({"x": x}, {id(x): "x"})
        assert [(n.kind, n.title) for n in graph.nodes] == [("leaf", "x")]


class TestModuleGraph:
    def test_nodes_tell_name_class_and_parameters(self):
        graph = module_graph(mlp())
        lines = [(node.title, node.subtitle) for node in graph.nodes]
        assert lines == [
            ("Sequential", "67 parameters"),
            ("0", "Linear · 40 parameters"),
            ("1", "ReLU"),
            ("2", "Linear · 27 parameters"),
        ]
        assert graph.nodes[1].rows == [("weight", "(8, 4)"), ("bias", "(8)")]
        assert graph.summary == "4 modules · 67 parameters · 268 B"

    def test_buffers_and_frozen_parameters_are_told(self):
        norm = nn.BatchNorm1d(3)
        norm.weight.requires_grad_(False)
        (node,) = module_graph(norm).nodes
        details = dict(node.details)
        assert details["parameter weight"] == "(3) float32, 12 B, cpu, frozen"
        assert details["buffer num_batches_tracked"] == "scalar int64, 8 B, cpu"

    def test_shared_module_is_one_node(self):
        layer = nn.Linear(2, 2)
        graph = module_graph(nn.Sequential(layer, nn.ReLU(), layer))
        assert len(graph.nodes) == 3
        assert [edge.label for edge in graph.edges] == ["", "", "also 2"]

    def test_root_that_is_its_own_descendant_ends(self):
        root = nn.Module()
        root.add_module("child", nn.ReLU())
        root.child.add_module("parent", root)
        assert len(module_graph(root).nodes) == 2


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1.02e+03 B"), (2048, "2 KiB"), (3 << 30, "3 GiB")],
)
def test_bytes_text(count, text):
    assert bytes_text(count) == text


class TestArguments:
    def test_no_graph_raises(self, tmp_path):
        with pytest.raises(
            RuntimeError, match="does not require grad and has no graph"
        ):
            draw_graph(torch.ones(2), tmp_path / "a.html")

    @pytest.mark.parametrize("value", [3, "text", [3], {"a": None}])
    def test_neither_tensor_nor_module_raises(self, value, tmp_path):
        with pytest.raises(TypeError, match="expected a Tensor, a collection"):
            draw_graph(value, tmp_path / "a.html")

    def test_nothing_to_draw_raises(self, tmp_path):
        with pytest.raises(TypeError, match="expected at least one Tensor"):
            draw_graph([], tmp_path / "a.html")

    def test_unknown_suffix_raises_and_writes_nothing(self, tmp_path):
        with pytest.raises(ValueError, match="ending in .html or .svg, but got"):
            draw_graph(mlp(), tmp_path / "a.png")
        assert list(tmp_path.iterdir()) == []

    def test_svg_without_layout_names_what_to_install(self, tmp_path, monkeypatch):
        monkeypatch.setattr(shutil, "which", lambda name: None)
        with pytest.raises(RuntimeError, match="apt install graphviz"):
            draw_graph(mlp(), tmp_path / "a.svg")
        assert list(tmp_path.iterdir()) == []


class TestPage:
    def page(self, tmp_path, *args, **kwargs) -> str:
        draw_graph(*args, tmp_path / "graph.html", **kwargs)
        return (tmp_path / "graph.html").read_text()

    def data(self, page: str) -> dict:
        return json.loads(re.search(r'"application/json">(.*)</script>', page)[1])

    def test_refers_to_nothing_outside(self, tmp_path):
        page = self.page(tmp_path, mlp())
        libraries = [_output._read(f) for f in ("d3.min.js", "viz-global.js")]
        for library in libraries:
            assert library in page
            page = page.replace(library, "")
        assert not re.search(r"src=|<link|@import|url\(", page)
        assert "{=" not in page

    def test_params_may_be_a_dict(self, tmp_path):
        w = torch.ones(2, requires_grad=True)
        draw_graph([w * 2, w * 3], tmp_path / "g.html", {"w": w})
        nodes = self.data((tmp_path / "g.html").read_text())["nodes"]
        titles = [node["title"] for node in nodes]
        assert titles.count("w") == 1 and "output 1" in titles

    def test_switch_starts_as_asked(self, tmp_path):
        assert (
            self.data(self.page(tmp_path, mlp(), saved_tensors=False))["withRows"]
            is False
        )
        assert self.data(self.page(tmp_path, mlp()))["withRows"] is True

    def test_name_cannot_break_out_of_the_page(self, tmp_path):
        w = torch.ones(2, requires_grad=True)
        evil = '</script><b>"\\{=viz}'
        draw_graph({evil: w * 2}, tmp_path / "g.html", {evil: w})
        page = (tmp_path / "g.html").read_text()
        assert "</script><b>" not in page
        assert evil in [node["title"] for node in self.data(page)["nodes"]]

    def test_licences_of_the_libraries_are_kept(self):
        for name in ("viz-global.js", "d3.min.js"):
            head = (Path(_output.__file__).parent / name).read_text()[:200]
            assert "Copyright" in head


@needs_layout
class TestSvg:
    @pytest.fixture
    def svg(self, tmp_path):
        model = mlp()
        draw_graph(mlp_loss(model), tmp_path / "graph.svg", model)
        return (tmp_path / "graph.svg").read_text()

    def test_is_well_formed_with_a_box_for_each_node(self, svg):
        root = ElementTree.fromstring(svg)
        groups = [g for g in root.iter() if "node" in g.get("class", "").split()]
        assert len(groups) == 12

    def test_shows_names_shapes_and_saved_tensors(self, svg):
        for text in ("AddmmBackward0", "0.weight", "(8, 4)", "result (5, 8)"):
            assert f">{text}</text>" in svg

    def test_follows_a_dark_reader(self, svg):
        assert "@media (prefers-color-scheme: dark)" in svg

    def test_odd_names_are_kept(self, tmp_path):
        w = torch.ones(2, requires_grad=True)
        draw_graph({'a<b>&"\\n': w * 2}, tmp_path / "g.svg")
        root = ElementTree.fromstring((tmp_path / "g.svg").read_text())
        assert 'a<b>&"\\n' in [element.text for element in root.iter()]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if PROGRAM is None:
        pytest.skip("no Chromium here")
    with Chromium(tmp_path_factory.mktemp("profile")) as chromium:
        yield chromium


@pytest.fixture(scope="module")
def loss_page(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "graph.html"
    model = mlp()
    draw_graph(mlp_loss(model), path, model)
    return path


class TestInBrowser:
    # Fills of parameters and of the output, light and dark.
    LIGHT, DARK = (0xEAF2FE, 0xE8F7EE), (0x1A2B45, 0x17321F)

    def count(self, browser: Chromium, selector: str) -> int:
        return browser.evaluate(f"document.querySelectorAll('{selector}').length")

    def scale(self, browser: Chromium) -> float:
        return browser.evaluate(
            "d3.zoomTransform(document.querySelector('#canvas svg')).k"
        )

    def middle(self, browser: Chromium, title: str) -> tuple[float, float]:
        box = browser.evaluate(
            "(() => { const i = data.nodes.findIndex((n) => n.title === "
            f"{json.dumps(title)}); const box = nodeElement(i).getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        return box[0], box[1]

    def test_lays_out_every_node_and_edge(self, browser, loss_page):
        browser.open(loss_page)
        assert self.count(browser, "#canvas .node") == 12
        assert self.count(browser, "#canvas .edge") == 11

    def test_boxes_do_not_overlap(self, browser, loss_page):
        browser.open(loss_page)
        boxes = browser.evaluate(
            "[...document.querySelectorAll('#canvas .node')].map((n) => "
            "{ const b = n.getBoundingClientRect(); "
            "return [b.left, b.top, b.right, b.bottom]; })"
        )
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                apart = a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
                assert apart, (a, b)

    def test_text_stays_inside_its_box(self, browser, loss_page):
        browser.open(loss_page)
        excess = browser.evaluate(
            "[...document.querySelectorAll('#canvas .node')].flatMap((n) => "
            "{ const box = n.querySelector('path').getBoundingClientRect(); return "
            "[...n.querySelectorAll('text')].map((t) => { const b = "
            "t.getBoundingClientRect(); return Math.max(box.left - b.left, "
            "b.right - box.right); }); })"
        )
        assert len(excess) > 24 and max(excess) < 0

    def test_two_hundred_nodes_open_at_a_readable_scale(self, browser, tmp_path):
        y = x = torch.ones(1, requires_grad=True)
        for _ in range(100):
            y = (y * 2).sin()
        draw_graph(y, tmp_path / "long.html", {"x": x})
        browser.open(tmp_path / "long.html")
        assert self.count(browser, "#canvas .node") == 202
        assert self.scale(browser) == 0.75
        browser.evaluate("fit()")
        assert self.scale(browser) < 0.2

    def test_picture_shows_the_colours_of_the_kinds(self, browser, loss_page):
        browser.open(loss_page)
        colours = browser.colours()
        assert min(colours.get(fill, 0) for fill in self.LIGHT) > 500
        assert not any(colours.get(fill) for fill in self.DARK)

    def test_picture_is_dark_for_a_dark_reader(self, browser, loss_page):
        browser.open(loss_page, scheme="dark")
        colours = browser.colours()
        assert min(colours.get(fill, 0) for fill in self.DARK) > 500
        assert not any(colours.get(fill) for fill in self.LIGHT)
        assert max(colours, key=colours.get) == 0x14181E

    def test_pointer_shows_what_is_saved(self, browser, loss_page):
        browser.open(loss_page)
        browser.mouse("mouseMoved", *self.middle(browser, "ReluBackward0"))
        text = browser.evaluate("document.getElementById('card').innerText")
        assert "saved result" in text and "(5, 8) float32, 160 B, cpu" in text
        assert self.count(browser, ".edge.near") == 2

    def test_wheel_zooms(self, browser, loss_page):
        browser.open(loss_page)
        before = self.scale(browser)
        browser.mouse("mouseWheel", 600, 450, deltaX=0, deltaY=-300)
        assert self.scale(browser) > 1.2 * before

    def test_switch_draws_rows_or_leaves_them(self, browser, loss_page):
        browser.open(loss_page)
        with_rows = self.count(browser, "#canvas text")
        browser.evaluate("rows.click()")
        assert self.count(browser, "#canvas text") < with_rows
        assert self.count(browser, "#canvas .node") == 12

    def test_search_fades_the_others_and_enter_visits(self, browser, loss_page):
        browser.open(loss_page)
        browser.evaluate(
            "search.value = 'addmm'; search.dispatchEvent(new Event('input'))"
        )
        assert self.count(browser, "#canvas .node:not(.faded)") == 2
        browser.evaluate("next()")
        x, y = self.middle(browser, "AddmmBackward0")
        assert abs(x - 600) < 2 and abs(y - 450) < 2


def test_example_draws_both_kinds(tmp_path):
    program = Path(__file__).parents[1] / "examples" / "draw_graph" / "main.py"
    command = [sys.executable, str(program), "--folder", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    assert "ConvolutionBackward0" in (tmp_path / "autograd.html").read_text()
    assert "BatchNorm2d" in (tmp_path / "modules.html").read_text()
