//! `manage.py` and `urls.py`.

use super::super::entry::settings_default;
use super::super::urls::{StaticKind, StaticTarget, static_routes};
use crate::source::{MemoryFiles, Sources};
use crate::syntax::python::Module;

fn read(text: &str) -> Module {
    let files = MemoryFiles::new();
    Module::read(&Sources::new(&files).add("x.py", text))
}

#[test]
fn the_default_settings_module() {
    for (text, expected) in [
        (
            "import os\ndef main():\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a.b')\n",
            Some("a.b"),
        ),
        ("import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'a'\n", Some("a")),
        ("from os import environ\nenviron.setdefault('DJANGO_SETTINGS_MODULE', 'a')\n", Some("a")),
        (
            "if __name__ == '__main__':\n  os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a')\n",
            Some("a"),
        ),
        (
            "if x:\n  os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a')\nelse:\n  os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'b')\n",
            Some("b"),
        ),
        (
            "if x:\n  os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a')\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'b')\n",
            Some("b"),
        ),
        ("os.environ.setdefault('DJANGO_SETTINGS_MODULE', f())\n", None),
        ("os.environ.setdefault('OTHER', 'a')\n", None),
    ] {
        assert_eq!(settings_default(&read(text)).as_ref().map(|t| t.as_str()), expected, "{text}");
    }
}

#[test]
fn routes_that_serve_files() {
    use StaticKind::*;
    use StaticTarget::*;
    for (text, expected) in [
        (
            "urlpatterns = [path('a', b)] + static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)",
            &[(StaticHelper, MediaUrl, false)][..],
        ),
        (
            "if settings.DEBUG:\n  urlpatterns += static(settings.STATIC_URL, document_root=x)",
            &[(StaticHelper, StaticUrl, true)],
        ),
        (
            "urlpatterns += static('/static/')\nurlpatterns += staticfiles_urlpatterns()",
            &[(StaticHelper, StaticUrl, false), (StaticfilesUrlpatterns, StaticUrl, false)],
        ),
        (
            "urlpatterns = [re_path(r'^media/(?P<path>.*)$', serve, {'document_root': settings.MEDIA_ROOT}), url('^x', views.static.serve)]",
            &[(ServeView, MediaUrl, false), (ServeView, Other, false)],
        ),
        (
            "if not settings.DEBUG:\n  a = []\nelse:\n  urlpatterns.extend(static(settings.MEDIA_URL))",
            &[(StaticHelper, MediaUrl, true)],
        ),
        ("path('docs/', views.serve_doc)", &[]),
    ] {
        let found: Vec<_> =
            static_routes(&read(text)).iter().map(|r| (r.kind, r.target, r.debug_only)).collect();
        assert_eq!(found, expected, "{text}");
    }
}
