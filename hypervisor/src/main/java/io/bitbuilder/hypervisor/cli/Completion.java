package io.bitbuilder.hypervisor.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The completion script of bash, made from what the verbs declare. Tenants and containers are
 * completed from the generations on disk, so that no process of ours is started for it.
 */
final class Completion {
  private static final String SELECTED = "/var/lib/bitbuilder/generations/current/tenants";

  private Completion() {}

  private static final String HEAD =
      """
      # bash completion for bitbuilder, made by `bitbuilder completion bash`

      _bitbuilder_tenants() {
          local path
          for path in @SELECTED@/*; do
              [[ -e $path ]] && printf '%s\\n' "${path##*/}"
          done
      }

      _bitbuilder_removed() {
          local id
          while IFS='"' read -r _ id _; do
              [[ -n $id ]] && printf '%s\\n' "$id"
          done 2>/dev/null </var/lib/bitbuilder/removed.json
      }

      _bitbuilder_containers() {
          local path tenant name
          for path in @SELECTED@/*/nspawn/*.nspawn; do
              [[ -e $path ]] || continue
              tenant=${path%/nspawn/*}
              tenant=${tenant##*/}
              name=${path##*/}
              printf '%s/%s\\n' "$tenant" "${name%".$tenant.nspawn"}"
          done
      }

      _bitbuilder() {
          local cur=${COMP_WORDS[COMP_CWORD]} verb='' index=0 i words=''
          for ((i = 1; i < COMP_CWORD; i++)); do
              case ${COMP_WORDS[i]} in
                  -*) ;;
                  *)
                      if [[ -z $verb ]]; then
                          verb=${COMP_WORDS[i]}
                      else
                          index=$((index + 1))
                      fi
                      ;;
              esac
          done
          COMPREPLY=()
          if [[ -z $verb ]]; then
              words='@VERBS@'
          elif [[ $cur == -* ]]; then
              case $verb in
      """;

  private static final String TAIL =
      """
              esac
          fi
          if [[ -n $words ]]; then
              mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
              [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
          fi
      }

      complete -F _bitbuilder bitbuilder
      """;

  /** The script. */
  static String bash() {
    String verbs = String.join(" ", verbs());
    StringBuilder text =
        new StringBuilder(HEAD.replace("@SELECTED@", SELECTED).replace("@VERBS@", verbs));
    for (Declaration declaration : Verbs.declarations()) {
      text.append("            ").append(declaration.name()).append(") words='");
      text.append(String.join(" ", options(declaration))).append("' ;;\n");
    }
    text.append("        esac\n    else\n        case $verb:$index in\n");
    text.append("            help:0) words='").append(verbs).append("' ;;\n");
    for (Declaration declaration : Verbs.declarations()) {
      for (int i = 0; i < declaration.words().size(); i++) {
        String what = what(declaration.words().get(i));
        if (!what.isEmpty()) {
          text.append("            ").append(declaration.name()).append(':').append(i);
          text.append(") ").append(what).append(" ;;\n");
        }
      }
    }
    return text.append(TAIL).toString();
  }

  private static List<String> verbs() {
    List<String> verbs = new ArrayList<>(Verbs.NAMES);
    verbs.add("help");
    return verbs;
  }

  private static List<String> options(Declaration declaration) {
    List<String> options = new ArrayList<>();
    List<Declaration.Option> all = new ArrayList<>(declaration.options());
    all.addAll(Declaration.COMMON);
    for (Declaration.Option option : all) {
      options.add("--" + option.name() + (option.isFlag() ? "" : "="));
    }
    return options;
  }

  private static String what(Declaration.Word word) {
    return switch (word.kind()) {
      case TENANT -> "words=$(_bitbuilder_tenants)";
      case TENANT_OR_TRACE -> "words=$(_bitbuilder_tenants; echo trace)";
      case REMOVED_TENANT -> "words=$(_bitbuilder_removed)";
      case CONTAINER -> "words=$(_bitbuilder_containers)";
      case TENANT_OR_CONTAINER -> "words=$(_bitbuilder_tenants; _bitbuilder_containers)";
      case FILE -> "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); compopt -o filenames";
      case DIRECTORY -> "mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); compopt -o filenames";
      case CHOICE -> "words='" + String.join(" ", word.choices()) + "'";
      case NUMBER, COMMAND -> "";
    };
  }
}
