using System.Reflection;
using MeeseeksBox.Foundation;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Plugins;

/// <summary>A loaded assembly with its task classes.</summary>
internal sealed class PluginFile
{
    private readonly string _file;
    private readonly IReadOnlyList<Type> _classes;
    private readonly string? _missing;

    private PluginFile(string file, IReadOnlyList<Type> classes, string? missing)
    {
        _file = file;
        _classes = classes;
        _missing = missing;
    }

    /// <summary>Loads an assembly into a context of its own.</summary>
    /// <param name="file">Full path of the assembly.</param>
    public static Result<PluginFile> Load(string file)
    {
        try
        {
            return FromAssembly(file, new PluginContext(file).LoadFromAssemblyPath(file));
        }
        catch (BadImageFormatException)
        {
            return new Error($"{file} is not a .NET assembly for this system");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return new Error($"{file} cannot be loaded: {refused.Message}");
        }
    }

    /// <summary>Finds the factory of a task class.</summary>
    /// <param name="name">Name of the class, with or without its namespace.</param>
    /// <returns>The factory, which passes on exceptions of the constructor.</returns>
    public Result<Func<IJobTask>> Find(string name)
    {
        try
        {
            var named = _classes.Where(type => type.FullName == name || type.Name == name).ToList();
            return named switch
            {
                [] => new Error($"{_file} has no class '{name}'; {Offer()}"),
                [var type] => Factory(type),
                _ => new Error(
                    $"{_file} has several classes '{name}': {string.Join(", ", named.Select(type => type.FullName))}; use the full name"),
            };
        }
        catch (Exception refused) when (refused is IOException or TypeLoadException or BadImageFormatException)
        {
            // Reflection loads the dependencies of a class on first use.
            return new Error($"class '{name}' of {_file} cannot be loaded: {refused.Message}");
        }
    }

    private static PluginFile FromAssembly(string file, Assembly assembly)
    {
        try
        {
            return new PluginFile(file, Classes(assembly.GetTypes()), null);
        }
        catch (ReflectionTypeLoadException partly)
        {
            // The named class may be among those that could be loaded. If not, the error has the reason.
            return new PluginFile(file, Classes(partly.Types), partly.LoaderExceptions.FirstOrDefault()?.Message);
        }
    }

    private static List<Type> Classes(IEnumerable<Type?> types) => [.. types.OfType<Type>().Where(type => type.IsClass)];

    private Result<Func<IJobTask>> Factory(Type type)
    {
        if (!type.IsAssignableTo(typeof(IJobTask)))
            return new Error($"class {type.FullName} of {_file} is not a task: it does not implement {nameof(IJobTask)}; {Offer()}");
        if (!IsTask(type))
        {
            return new Error(
                $"class {type.FullName} of {_file} cannot be created: "
                + $"a task is not abstract and has a public constructor without parameters; {Offer()}");
        }

        Func<IJobTask> factory = () => (IJobTask)Activator.CreateInstance(type, BindingFlags.DoNotWrapExceptions, null, null, null)!;
        return factory;
    }

    private string Offer()
    {
        var tasks = _classes.Where(IsTask).Select(type => type.FullName).Order(StringComparer.Ordinal).ToList();
        var offer = tasks.Count == 0 ? "it has no tasks" : $"its tasks are: {string.Join(", ", tasks)}";
        return _missing is null ? offer : $"{offer} (some of it cannot be loaded: {_missing})";
    }

    private static bool IsTask(Type type) =>
        type is { IsAbstract: false, IsGenericTypeDefinition: false }
        && type.IsAssignableTo(typeof(IJobTask))
        && type.GetConstructor(Type.EmptyTypes) is not null;
}
