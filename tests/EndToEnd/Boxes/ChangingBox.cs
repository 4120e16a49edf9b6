namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>A box whose configuration the tests of several classes change. Each pool belongs to one test.</summary>
public sealed class ChangingBox() : BoxFixture(
    "pools.merged.slots=2",
    "pools.merged.output_limit=1000",
    "pools.removed.slots=2",
    "pools.kept.slots=2",
    "pools.back.slots=2",
    "pools.distant.slots=2",
    "pools.changed=",
    "pools.deleted=",
    "pools.remote=",
    "pools.shown=",
    "pools.p=");
