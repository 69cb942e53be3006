"""When the browser assets are built again, and with which Node."""
import pytest


@pytest.mark.parametrize("name", ["package.json", "package-lock.json", ".npmrc", "vite.config.js", "src/app.js"])
def test_fingerprint_changes_with_every_input(building, tree, name):
    sources = tree / "web/assets"
    before = building.fingerprint(sources)
    assert building.fingerprint(sources) == before
    with (sources / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert building.fingerprint(sources) != before


def test_fingerprint_sees_new_and_renamed_sources_and_nothing_else(building, tree):
    sources = tree / "web/assets"
    seen = {building.fingerprint(sources)}
    (sources / "src/new.js").write_text("export {};", encoding="utf-8")
    seen.add(building.fingerprint(sources))
    (sources / "src/new.js").rename(sources / "src/newer.js")
    seen.add(building.fingerprint(sources))
    assert len(seen) == 3
    (sources / "node_modules").mkdir()
    (sources / "node_modules/x.js").write_text("", encoding="utf-8")
    assert building.fingerprint(sources) in seen


def test_assets_are_built_only_with_manifest_and_fresh_stamp(building, tree):
    assets = building.Assets(tree)
    assert not assets.built()
    assets.dist.mkdir(parents=True)
    (assets.dist / building.STAMP).write_text(building.fingerprint(assets.sources) + "\n", encoding="ascii")
    assert not assets.built()
    (assets.dist / "manifest.json").write_text("{}", encoding="utf-8")
    assert assets.built()
    (assets.sources / "src/app.js").write_text("", encoding="utf-8")
    assert not assets.built()


@pytest.mark.parametrize(
    ("version", "enough"),
    [("v18.20.0", False), ("v20.18.9", False), ("v20.19.0", True), ("v21.7.0", False), ("v22.11.0", False),
     ("v22.12.0", True), ("v24.1.0", True), ("", False)],
)  # fmt: skip
def test_only_a_node_that_vite_accepts_is_used(building, version, enough):
    assert building.new_enough(version) is enough


def test_without_any_node_the_build_says_what_is_missing(building, phases, tree):
    with pytest.raises(phases.PhaseFailed, match="No Node"):
        building.build(building.Assets(tree), [lambda: None])


def test_a_failing_node_gives_way_to_the_next(building, phases, tree, capsys):
    broken = building.Node(tree / "node", ("/bin/false",), "broken")
    asked = []
    with pytest.raises(phases.PhaseFailed, match="broken"):
        building.build(building.Assets(tree), [lambda: broken, lambda: asked.append("next")])
    assert asked == ["next"]
    assert "failed" in capsys.readouterr().err
