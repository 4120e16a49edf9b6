using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>The recipes of docs/WATCH.md#recipes do what the page says, with its own files and commands.</summary>
public sealed class RecipeTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip };

    private string Data => Path.Combine(Scratch, "data");

    [Fact]
    public async Task Recipe_1_moves_each_upload_by_its_result()
    {
        var recipe = Recipe.All[0];
        await BeginAsync(recipe);

        await ShellAsync(recipe.Commands[1]);
        await ExistsAsync("upload/done/good.gz", "upload/failed/bad.gz", "upload/failed/._upload_0_bad.gz.failed");
        await ShellAsync(recipe.Commands[1]);

        await ExistsAsync("upload/done/good.1.gz", "upload/failed/bad.1.gz");
    }

    [Fact]
    public async Task Recipe_2_takes_a_file_when_its_marker_is_there()
    {
        var recipe = Recipe.All[1];
        await BeginAsync(recipe);

        await ShellAsync(recipe.Commands[1]);
        await ExistsAsync("archive/b.dat", "sums/b.dat.sha256");
        Exists("archive/a.dat").Should().BeFalse();
        await ShellAsync("touch /data/drop/a.dat.ok");

        await ExistsAsync("archive/a.dat", "sums/a.dat.sha256");
        await UntilAsync(() => !Exists("drop/a.dat.ok"), Tree);
    }

    [Fact]
    public async Task Recipe_3_joins_the_files_of_a_scene_and_passes_them_on()
    {
        var recipe = Recipe.All[2];
        await BeginAsync(recipe);

        await ShellAsync(recipe.Commands[1]);
        await ExistsAsync("scenes/._product_0_20260101.rgb.done");
        await ShellAsync("test \"$(gzip -dc /data/products/20260101.rgb.gz | tr '\\n' ' ')\" = 'red green blue '");
        Exists("scenes/20260102.rgb").Should().BeFalse();
        await AddAsync(recipe, watch => watch["set_timeout"] = 0.1);

        await ExistsAsync("scenes/._product_0_20260102.rgb.done");
        await ShellAsync("test \"$(gzip -dc /data/products/20260102.rgb.gz)\" = red");
    }

    [Fact]
    public async Task Recipe_4_writes_the_results_into_a_tree_like_that_of_the_files()
    {
        var recipe = Recipe.All[3];
        await BeginAsync(recipe);

        await ShellAsync(recipe.Commands[1]);

        await ExistsAsync("packed/2026/11/a.txt.gz", "packed/b.txt.gz");
        Directory.GetFiles(Path.Combine(Data, "mirror"), "*", SearchOption.AllDirectories).Should().HaveCount(2, "no status file is in it");
    }

    [Fact]
    public async Task Recipe_5_tries_again_and_says_when_nothing_comes()
    {
        var recipe = Recipe.All[4];
        await BeginAsync(recipe, watch => (watch["retry_delay"], watch["late"]) = (0.2, 0.3));

        await ShellAsync(recipe.Commands[1]);
        await ExistsAsync("feed/._feed_0_a.grb.failed");
        _ = Directory.CreateDirectory(Path.Combine(Data, "server"));

        await ExistsAsync("server/a.grb", "feed/._feed_0_a.grb.done", "alarms");
        await UntilAsync(
            () => File.ReadAllText(Path.Combine(Data, "alarms")) is var text
                && text.StartsWith("feed: no file for ", StringComparison.Ordinal)
                && text.EndsWith(" s, the last was a.grb\n", StringComparison.Ordinal),
            () => File.ReadAllText(Path.Combine(Data, "alarms")));
    }

    private async Task BeginAsync(Recipe recipe, Action<JsonNode>? change = null)
    {
        await ShellAsync(recipe.Commands[0]);
        await AddAsync(recipe, change);
    }

    private async Task AddAsync(Recipe recipe, Action<JsonNode>? change)
    {
        var text = recipe.Configuration.Replace("/data", Data).Replace("\"p1\"", "\"p\"");
        foreach (var (name, watch) in JsonNode.Parse(text, documentOptions: WithComments)!["watch"]!.AsObject())
        {
            change?.Invoke(watch!);
            _ = await AddAsync($"watch.{name}={watch!.ToJsonString()}");
        }
    }

    private Task ShellAsync(string commands) => CommandAsync("sh", "-ec", commands.Replace("/data", Data));

    private bool Exists(string name) => File.Exists(Path.Combine(Data, name));

    private Task ExistsAsync(params string[] names) => UntilAsync(() => names.All(Exists), Tree);

    private string Tree() => string.Join('\n', Directory.GetFiles(Data, "*", SearchOption.AllDirectories));
}
