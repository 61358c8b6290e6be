// SWIG's own typemaps hand every number to Lua as a double; since 5.3 Lua has 64-bit integers.
%typemap(in, checkfn="lua_isnumber") int %{ $1 = (int)luaL_checkinteger(L, $input); %}
%typemap(out) int %{ lua_pushinteger(L, (lua_Integer)$1); SWIG_arg++; %}
%typemap(in, checkfn="lua_isnumber") long long %{ $1 = (long long)luaL_checkinteger(L, $input); %}
%typemap(out) long long %{ lua_pushinteger(L, (lua_Integer)$1); SWIG_arg++; %}

%typemap(in, numinputs=1, checkfn="SWIG_lua_isnilstring") (const char *text, long long length) (size_t size) %{
  size = 0;
  $1 = (char *)lua_tolstring(L, $input, &size);
  $2 = $1 ? (long long)size : -1;
%}
%apply (const char *text, long long length) {
  (const char *name, long long name_length), (const char *instance, long long instance_length) };
